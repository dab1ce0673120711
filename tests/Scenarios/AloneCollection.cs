namespace Flashback.Scenarios;

/// <summary>Tests with true proofs, which take the whole machine: what runs beside them in real time would miss its windows, or have them miss theirs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone on the machine";
}
