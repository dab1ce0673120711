namespace Flashback.Engine.Tests.Chain;

/// <summary>A folder that goes away with what is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("flashback-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
