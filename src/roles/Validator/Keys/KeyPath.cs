using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Flashback.Cryptography;

namespace Flashback.Validator;

/// <summary>A key's place in the tree that grows from a seed. spec: EIP-2334</summary>
public sealed class KeyPath
{
    private const uint Purpose = 12381, CoinType = 3600;
    private const int DeepestLevel = 32;

    private readonly uint[] _indexes;

    private KeyPath(params uint[] indexes) => _indexes = indexes;

    /// <summary>The key that a validator signs with: <c>m/12381/3600/i/0/0</c>.</summary>
    public static KeyPath Signing(uint validator) => new(Purpose, CoinType, validator, 0, 0);

    /// <summary>The key that a validator's stake belongs to while its credentials are a BLS key's: <c>m/12381/3600/i/0</c>.</summary>
    public static KeyPath Withdrawal(uint validator) => new(Purpose, CoinType, validator, 0);

    /// <summary>Reads a path; false when the text is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out KeyPath? path)
    {
        path = null;
        string[] parts = text.Split('/');
        if (parts[0] != "m" || parts.Length - 1 > DeepestLevel)
            return false;
        uint[] indexes = new uint[parts.Length - 1];
        for (int i = 0; i < indexes.Length; i++)
        {
            if (!uint.TryParse(parts[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out indexes[i]))
                return false;
        }
        path = new KeyPath(indexes);
        return true;
    }

    /// <summary>The key at this place of the tree.</summary>
    public BlsSecretKey Derive(SecretBytes seed)
    {
        BlsSecretKey key = BlsKeyDerivation.FromKeyMaterial(seed.Span, []);
        foreach (uint index in _indexes)
        {
            BlsSecretKey child = BlsKeyDerivation.DeriveChild(key, index);
            key.Dispose();
            key = child;
        }
        return key;
    }

    /// <summary>The path as it is written.</summary>
    public override string ToString() => string.Concat("m", string.Concat(_indexes.Select(index => string.Create(CultureInfo.InvariantCulture, $"/{index}"))));
}
