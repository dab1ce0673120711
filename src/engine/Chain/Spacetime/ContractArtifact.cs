using System.Text;
using System.Text.Json;
using Flashback.Primitives;

namespace Flashback.Chain.Spacetime;

/// <summary>A contract of <c>contracts/</c> as the compiler left it: the artefact that is checked in beside the source.</summary>
/// <param name="Name">Its name in Solidity.</param>
/// <param name="Abi">Its interface as JSON in UTF-8, as every Ethereum tool reads it.</param>
/// <param name="Runtime">Its code, with zeros where the immutables stand.</param>
/// <param name="Immutables">Where in the code each immutable stands, as words of 32 bytes.</param>
public sealed record ContractArtifact(string Name, ReadOnlyMemory<byte> Abi, ReadOnlyMemory<byte> Runtime, IReadOnlyDictionary<string, IReadOnlyList<int>> Immutables)
{
    private const int WordLength = 32;

    /// <summary>The artefact of this name.</summary>
    /// <exception cref="ArgumentException">There is no such contract.</exception>
    public static ContractArtifact Load(string name)
    {
        using Stream? stream = typeof(ContractArtifact).Assembly.GetManifestResourceStream($"{name}.json");
        using JsonDocument document = JsonDocument.Parse(stream ?? throw new ArgumentException($"no contract is called {name}", nameof(name)));
        JsonElement root = document.RootElement;
        Dictionary<string, IReadOnlyList<int>> immutables = [];
        foreach (JsonProperty immutable in root.GetProperty("immutables").EnumerateObject())
            immutables[immutable.Name] = [.. immutable.Value.EnumerateArray().Select(place => place.GetInt32())];
        return new ContractArtifact(
            name, Encoding.UTF8.GetBytes(root.GetProperty("abi").GetRawText()), Hex.Decode(root.GetProperty("runtime").GetString().AsSpan(2)), immutables);
    }

    /// <summary>The code with a value for each immutable: what the constructor would have left. Other values may be there too.</summary>
    /// <exception cref="ArgumentException">An immutable has no value.</exception>
    public byte[] Link(IReadOnlyDictionary<string, UInt256> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        byte[] code = Runtime.ToArray();
        foreach ((string immutable, IReadOnlyList<int> places) in Immutables)
        {
            if (!values.TryGetValue(immutable, out UInt256 value))
                throw new ArgumentException($"{Name} wants a value for {immutable}", nameof(values));
            foreach (int place in places)
                value.ToHash32().AsSpan().CopyTo(code.AsSpan(place, WordLength));
        }
        return code;
    }
}
