using System.Reflection;
using System.Runtime.InteropServices;

namespace Flashback.Api;

/// <summary>What this program calls itself, on all of its ports.</summary>
internal static class ClientVersion
{
    /// <summary>Name, version, machine, runtime.</summary>
    public static string Text { get; } =
        $"Flashback/v{typeof(ClientVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion}/{RuntimeInformation.RuntimeIdentifier}/dotnet{Environment.Version}";
}
