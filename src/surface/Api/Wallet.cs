using System.Globalization;
using System.Text;
using Flashback.Api.JsonRpc;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api;

/// <summary>Accounts that the node itself signs for: those of a local chain. Nobody else's keys come here.</summary>
public sealed class Wallet(IReadOnlyList<Secp256k1SecretKey> keys)
{
    private readonly Dictionary<Address, Secp256k1SecretKey> _keys = keys.ToDictionary(key => key.PublicKey.ToAddress());

    /// <summary>No accounts at all.</summary>
    public static Wallet Empty { get; } = new([]);

    /// <summary>Whom it signs for, in the order of the keys.</summary>
    public IReadOnlyList<Address> Addresses { get; } = [.. keys.Select(key => key.PublicKey.ToAddress())];

    public bool Has(in Address address) => _keys.ContainsKey(address);

    /// <summary>The transaction, signed.</summary>
    public Transaction Sign(Transaction transaction, in Address sender) =>
        transaction with { Signature = Secp256k1.Sign(TransactionCodec.SigningHash(transaction), KeyOf(sender)) };

    /// <summary>Signs a message so that it cannot be taken for a transaction. spec: EIP-191, version 0x45</summary>
    public byte[] Sign(in Address signer, ReadOnlySpan<byte> message)
    {
        byte[] prefix = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\u0019Ethereum Signed Message:\n{message.Length}"));
        RecoverableSignature signature = Secp256k1.Sign(Keccak.Hash256([.. prefix, .. message]), KeyOf(signer));
        return [.. signature.R.ToHash32().AsSpan(), .. signature.S.ToHash32().AsSpan(), (byte)(27 + signature.YParity)];
    }

    private Secp256k1SecretKey KeyOf(in Address address) => _keys.TryGetValue(address, out Secp256k1SecretKey? key) ? key : throw RpcException.Refused("unknown account");
}
