using System.Globalization;

namespace Flashback.Benchmarks.Http;

/// <summary>s3rver, an S3 server of Node.js that keeps objects as files: not made to be quick, but it is at hand everywhere.</summary>
internal sealed class S3Peer : IDisposable
{
    public const string Key = "S3RVER"; // both

    private S3Peer(ServerProcess process, int port) => (Process, Port) = (process, port);

    public ServerProcess Process { get; }

    public int Port { get; }

    /// <summary>Starts it over a folder; null where <c>S3RVER_PROGRAM</c> does not name its script.</summary>
    public static S3Peer? Start(string folder)
    {
        if (Environment.GetEnvironmentVariable("S3RVER_PROGRAM") is not { Length: > 0 } script)
            return null;
        Directory.CreateDirectory(folder);
        int port = FreePort.Take();
        ServerProcess process = ServerProcess.Start("node", [script, "-d", folder, "-a", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "--silent"]);
        FreePort.WaitFor(port);
        return new S3Peer(process, port);
    }

    public void Dispose() => Process.Dispose();
}
