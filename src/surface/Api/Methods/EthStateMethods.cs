using Flashback.Api.JsonRpc;
using Flashback.Api.Wire;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;

namespace Flashback.Api.Methods;

/// <summary><c>eth_*</c>: accounts, storage and their proofs. spec: execution-apis, eth/state.yaml</summary>
internal sealed class EthStateMethods(ChainReader reader)
{
    private const int MostProvenSlots = 1024;

    public void AddTo(RpcTable table)
    {
        table.Add("eth_getBalance", call => Account(call).Balance);
        table.Add("eth_getCode", call => Code(call));
        table.Add("eth_getStorageAt", call => Word(call));
        table.Add("eth_getProof", call => Proof(call));
    }

    private Account Account(in RpcCall call)
    {
        StateView state = StateAt(call, 1);
        return state.TryGetAccount(call.Parameters.Required<Address>(0), out Account account) ? account : default;
    }

    private ReadOnlyMemory<byte> Code(in RpcCall call)
    {
        StateView state = StateAt(call, 1);
        return state.TryGetAccount(call.Parameters.Required<Address>(0), out Account account) ? state.CodeOf(account.CodeHash) : default;
    }

    private Hash32 Word(in RpcCall call) =>
        StateAt(call, 2).SlotOf(call.Parameters.Required<Address>(0), SlotOf(call.Parameters.Required<string>(1))).ToHash32();

    private WireAccountProof Proof(in RpcCall call)
    {
        string[] keys = call.Parameters.Optional<string[]>(1) ?? [];
        if (keys.Length > MostProvenSlots)
            throw RpcException.InvalidParams($"too many keys (max {MostProvenSlots})");
        AccountProof proof = StateAt(call, 2).Prove(call.Parameters.Required<Address>(0), [.. keys.Select(SlotOf)]);
        return new WireAccountProof(
            proof.Address, proof.Nodes, proof.Account?.Balance ?? UInt256.Zero, proof.Account?.CodeHash ?? Keccak.OfNothing, proof.Account?.Nonce ?? 0,
            proof.Account?.StorageRoot ?? MerkleTrie.EmptyRoot,
            [.. proof.Storage.Select((word, index) => new WireStorageProof(keys[index], word.Word, word.Nodes))]);
    }

    private StateView StateAt(in RpcCall call, int index) => reader.State(call.Parameters.Optional(index, BlockSelector.Latest), out _);

    /// <summary>A slot is a quantity or 32 bytes: clients send both, with and without zeros in front.</summary>
    private static UInt256 SlotOf(string text)
    {
        byte[] word = new byte[32];
        bool isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && text.Length is > 2 and <= 66 && Hex.TryDecode(text[2..].PadLeft(64, '0'), word);
        return isHex ? UInt256.ReadBigEndian(word) : throw RpcException.InvalidParams($"unable to decode storage key: '{text}'");
    }
}
