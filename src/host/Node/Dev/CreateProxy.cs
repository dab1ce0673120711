using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Node;

/// <summary>The contract through which Foundry and Hardhat make contracts at addresses that are the same on every chain. On chains where it is not from the beginning, a presigned transaction puts it there.</summary>
internal static class CreateProxy
{
    private const string Code =
        "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3";

    public static GenesisAccount Account { get; } = new(
        FixedBytes.Parse<Address>("0x4e59b44847b379578588920ca78fbf26c0b4956c"), Nonce: 1, UInt256.Zero, Hex.Decode(Code), []);
}
