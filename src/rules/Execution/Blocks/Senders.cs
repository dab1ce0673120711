using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Who signed the transactions of a block, found side by side.</summary>
internal static class Senders
{
    /// <summary>Recovers the senders of the first transactions; null when there is one for each, else what is wrong with the first transaction that has none.</summary>
    /// <param name="transactions">Of which those are asked for that come first.</param>
    /// <param name="count">How many.</param>
    /// <param name="senders">Who signed them.</param>
    /// <param name="unsigned">Which one nobody signed.</param>
    public static Invalid<TransactionRule>? Recover(IReadOnlyList<Transaction> transactions, int count, out Address[] senders, out int unsigned)
    {
        Hash32[] digests = new Hash32[count];
        RecoverableSignature[] signatures = new RecoverableSignature[digests.Length];
        for (int i = 0; i < digests.Length; i++)
            (digests[i], signatures[i]) = (TransactionCodec.SigningHash(transactions[i]), transactions[i].Signature);
        Secp256k1PublicKey?[] keys = Secp256k1.RecoverAll(digests, signatures);
        senders = new Address[keys.Length];
        for (unsigned = 0; unsigned < keys.Length; unsigned++)
        {
            if (keys[unsigned] is not { } key || !signatures[unsigned].HasLowS)
                return new(TransactionRule.InvalidSignatureVrs, $"nobody made the signature {signatures[unsigned]}");
            senders[unsigned] = key.ToAddress();
        }
        return null;
    }
}
