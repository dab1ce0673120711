using System.Net;
using Flashback.Client;
using Flashback.Gateway;
using Flashback.Gateway.Objects;
using Flashback.Gateway.S3;
using Flashback.State.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Roles.Tests.Gateway;

/// <summary>A gateway in a folder of its own, over a network of a folder, with a key of S3 that everybody knows.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    public const string AccessKey = "AKIAIOSFODNN7EXAMPLE", Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    private readonly SqliteStore _index;

    private GatewayHost(string folder, SqliteStore index, FolderNetwork network, ObjectStore store, GatewayServer server) =>
        (Folder, _index, Network, Store, Server) = (folder, index, network, store, server);

    public string Folder { get; }

    public FolderNetwork Network { get; }

    public ObjectStore Store { get; }

    public GatewayServer Server { get; }

    public string Token => File.ReadAllText(Path.Combine(Folder, "token"));

    public Uri S3 => new($"http://127.0.0.1:{Server.S3.Port}");

    public Uri Files => new($"http://127.0.0.1:{Server.Files.Port}");

    public static async Task<GatewayHost> StartAsync(Func<GatewayOptions, GatewayOptions>? adapt = null)
    {
        string folder = Directory.CreateTempSubdirectory("flashback-gateway-").FullName;
        FolderNetwork network = new(Path.Combine(folder, "network"));
        SqliteStore index = SqliteStore.Open(Path.Combine(folder, "index"), ObjectStore.Columns);
        GatewayOptions options = OptionsIn(folder);
        options = adapt?.Invoke(options) ?? options;
        ObjectStore store = ObjectStore.Open(index, network, options, TimeProvider.System, NullLogger.Instance);
        GatewayEndpoints endpoints = new(new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.Loopback, 0))
        {
            Token = BearerToken.ReadOrCreate(Path.Combine(folder, "token")), Credentials = [new S3Credentials(AccessKey, Secret)], Domain = "s3.localhost",
        };
        GatewayServer server = await GatewayServer.StartAsync(endpoints, store, options, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        return new GatewayHost(folder, index, network, store, server);
    }

    public static GatewayOptions OptionsIn(string folder) => new() { Folder = folder, SparedBytes = 1 << 20 };

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Store.DisposeAsync();
        _index.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
