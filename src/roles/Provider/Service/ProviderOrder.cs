using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flashback.Provider;

/// <summary>What the operator asks a provider's service for: a file in its folder of orders, taken once, whether the service runs now or later.</summary>
public sealed record ProviderOrder
{
    /// <summary>What.</summary>
    public required OrderKind Kind { get; init; }

    /// <summary>Of a pledge: how many sectors.</summary>
    public int Count { get; init; }

    /// <summary>Of a pledge or an extension: proving periods from now on.</summary>
    public ulong Periods { get; init; }

    /// <summary>Of a pledge: proofs in a proving period.</summary>
    public ulong Cadence { get; init; } = 1;

    /// <summary>Of the others: which sectors.</summary>
    public IReadOnlyList<ulong> Sectors { get; init; } = [];

    /// <summary>Puts an order where the service looks for it; on the disk when this returns.</summary>
    /// <returns>Its name.</returns>
    public string Place(string folder)
    {
        Directory.CreateDirectory(folder);
        string name = string.Create(CultureInfo.InvariantCulture, $"{Guid.CreateVersion7():N}.json"); // its time comes first, so they sort by it
        WholeFile.Write(Path.Combine(folder, name), file => JsonSerializer.Serialize(file, this, OrderJson.Default.ProviderOrder));
        return name;
    }

    /// <summary>The orders that wait, by their names, the oldest first; null for a file that is none.</summary>
    public static IEnumerable<(string Path, ProviderOrder? Order)> WaitingIn(string folder)
    {
        if (!Directory.Exists(folder))
            yield break;
        foreach (string path in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
            yield return (path, Read(path));
    }

    private static ProviderOrder? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), OrderJson.Default.ProviderOrder);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What can be ordered.</summary>
public enum OrderKind
{
    /// <summary>To commit sectors without data.</summary>
    Pledge,

    /// <summary>To commit sectors for longer.</summary>
    Extend,

    /// <summary>To end sectors before their time.</summary>
    Terminate,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProviderOrder))]
internal sealed partial class OrderJson : JsonSerializerContext;
