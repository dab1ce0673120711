using System.Net;
using System.Net.Sockets;

namespace Flashback.Benchmarks.Http;

/// <summary>Ports of this machine, for servers that want to be told theirs.</summary>
internal static class FreePort
{
    public static int Take()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Returns when somebody listens.</summary>
    public static void WaitFor(int port)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                using TcpClient client = new();
                client.Connect(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (tries < 100)
            {
                Thread.Sleep(50);
            }
        }
    }
}
