namespace Flashback.Scenarios.Story;

/// <summary>Networks of a whole machine with true proofs and real time: what runs beside them would have providers miss their windows.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone on the machine";
}
