namespace Flashback.Benchmarks.Http;

/// <summary>nginx with its usual settings for files: sendfile, a worker a core, no log; files are put by WebDAV where it is built in.</summary>
internal sealed class Nginx : IDisposable
{
    private Nginx(ServerProcess process, int port, bool takesFiles) => (Process, Port, TakesFiles) = (process, port, takesFiles);

    public ServerProcess Process { get; }

    public int Port { get; }

    /// <summary>Whether files can be put.</summary>
    public bool TakesFiles { get; }

    /// <summary>Starts it over a folder; null where it is not installed.</summary>
    /// <param name="prefix">Where its own files go.</param>
    /// <param name="root">What it gives.</param>
    public static Nginx? Start(string prefix, string root)
    {
        if (Find() is not { } program)
            return null;
        Directory.CreateDirectory(prefix);
        int port = FreePort.Take();
        bool takesFiles = HasDav(program);
        string settings = Path.Combine(prefix, "nginx.conf");
        File.WriteAllText(settings, $$"""
            daemon off; master_process on; user root; worker_processes auto; pid {{prefix}}/nginx.pid; error_log {{prefix}}/error.log;
            events { worker_connections 1024; }
            http {
              access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
              client_body_temp_path {{prefix}}/body; proxy_temp_path {{prefix}}/proxy; fastcgi_temp_path {{prefix}}/fastcgi; uwsgi_temp_path {{prefix}}/uwsgi; scgi_temp_path {{prefix}}/scgi;
              server { listen 127.0.0.1:{{port}}; root {{root}}; {{(takesFiles ? "client_max_body_size 0; dav_methods PUT;" : "")}} }
            }
            """);
        ServerProcess process = ServerProcess.Start(program, ["-p", prefix, "-c", settings, "-e", Path.Combine(prefix, "error.log")]);
        FreePort.WaitFor(port);
        return new Nginx(process, port, takesFiles);
    }

    public void Dispose() => Process.Dispose();

    private static string? Find() => Environment.GetEnvironmentVariable("NGINX_PROGRAM")
        ?? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Select(folder => Path.Combine(folder, "nginx")).FirstOrDefault(File.Exists);

    private static bool HasDav(string program)
    {
        using System.Diagnostics.Process version = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, "-V") { RedirectStandardError = true })!;
        return version.StandardError.ReadToEnd().Contains("http_dav_module", StringComparison.Ordinal);
    }
}
