using System.Globalization;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>Who a replica is made for, as people write it.</summary>
public static class ProverIdText
{
    /// <summary>What can be written, told to people.</summary>
    public const string Forms = "a validator's public key (48 bytes in hexadecimal), a prover id (32 bytes in hexadecimal), or a Filecoin provider's number";

    /// <summary>Reads one of the <see cref="Forms"/>.</summary>
    public static bool TryParse(string text, out Hash32 prover)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
            prover = ReplicaId.ProviderId(number);
        else if (FixedBytes.TryParse(text, out Bytes48 key))
            prover = ReplicaId.ProviderId(key);
        else
            return FixedBytes.TryParse(text, out prover);
        return true;
    }
}
