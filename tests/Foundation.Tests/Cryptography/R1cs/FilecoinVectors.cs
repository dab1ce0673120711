using System.Text.Json;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>The collected golden values of Filecoin's proofs.</summary>
internal static class FilecoinVectors
{
    private static readonly Lazy<JsonDocument> Document = new(() => JsonDocument.Parse(File.ReadAllBytes(Vectors.Golden("filecoin-proofs-vectors.json"))));

    public static JsonElement Section(string name) => Document.Value.RootElement.GetProperty(name);

    public static Fr Element(JsonElement value)
    {
        System.Numerics.BigInteger number = System.Numerics.BigInteger.Parse(value.GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        byte[] bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        Assert.True(Fr.TryDecode([.. new byte[32 - bytes.Length], .. bytes], out Fr element));
        return element;
    }
}
