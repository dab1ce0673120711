using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>The contracts that the forks call, as accounts for the first state of a chain that begins with them. Their code is given by the EIPs, byte for byte.</summary>
public static class SystemContracts
{
    private const string BeaconRootsCode = // spec: EIP-4788
        "3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f35801560495762001fff810690815414603c575f5ffd5b62001fff01545f5260" +
        "205ff35b5f5ffd5b62001fff42064281555f359062001fff015500";

    private const string HistoryStorageCode = // spec: EIP-2935
        "3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd" +
        "5b5f35611fff60014303065500";

    private const string WithdrawalRequestsCode = // spec: EIP-7002
        "3373fffffffffffffffffffffffffffffffffffffffe1460cb5760115f54807fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff146101f45760" +
        "0182026001905f5b5f82111560685781019083028483029004916001019190604d565b909390049250505036603814608857366101f457346101f4575f5260205ff35b341061" +
        "01f457600154600101600155600354806003026004013381556001015f35815560010160203590553360601b5f5260385f601437604c5fa0600101600355005b600354600254" +
        "8082038060101160df575060105b5f5b8181146101835782810160030260040181604c02815460601b8152601401816001015481526020019060020154807fffffffffffffff" +
        "ffffffffffffffffff00000000000000000000000000000000168252906010019060401c908160381c81600701538160301c81600601538160281c81600501538160201c8160" +
        "0401538160181c81600301538160101c81600201538160081c81600101535360010160e1565b910180921461019557906002556101a0565b90505f6002555f6003555b5f5480" +
        "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff14156101cd57505f5b6001546002828201116101e25750505f6101e8565b01600290035b5f" +
        "555f600155604c025ff35b5f5ffd";

    private const string ConsolidationRequestsCode = // spec: EIP-7251
        "3373fffffffffffffffffffffffffffffffffffffffe1460d35760115f54807fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff1461019a5760" +
        "0182026001905f5b5f82111560685781019083028483029004916001019190604d565b9093900492505050366060146088573661019a573461019a575f5260205ff35b341061" +
        "019a57600154600101600155600354806004026004013381556001015f358155600101602035815560010160403590553360601b5f5260605f60143760745fa0600101600355" +
        "005b6003546002548082038060021160e7575060025b5f5b8181146101295782810160040260040181607402815460601b815260140181600101548152602001816002015481" +
        "526020019060030154905260010160e9565b910180921461013b5790600255610146565b90505f6002555f6003555b5f54807fffffffffffffffffffffffffffffffffffffff" +
        "ffffffffffffffffffffffffff141561017357505f5b6001546001828201116101885750505f61018e565b01600190035b5f555f6001556074025ff35b5f5ffd";

    /// <summary>All of them; a nonce of 1, as every contract has.</summary>
    public static IReadOnlyList<GenesisAccount> Accounts { get; } =
    [
        Account(OpeningCall.BeaconRoots.Contract, BeaconRootsCode),
        Account(OpeningCall.HistoryStorage.Contract, HistoryStorageCode),
        Account(ClosingCall.WithdrawalRequests.Contract, WithdrawalRequestsCode),
        Account(ClosingCall.ConsolidationRequests.Contract, ConsolidationRequestsCode),
    ];

    private static GenesisAccount Account(in Address address, string code) => new(address, Nonce: 1, UInt256.Zero, Hex.Decode(code), []);
}
