using System.Text;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Rules.Tests.Blocks;

public class GenesisTests
{
    private const string Description = """
        {
          "config": {
            "chainId": 1337, "cancunTime": 0, "pragueTime": 100, "osakaTime": "0xc8", "bpo1Time": 300,
            "blobSchedule": {
              "cancun": { "target": 3, "max": 6, "baseFeeUpdateFraction": 3338477 },
              "prague": { "target": 6, "max": 9, "baseFeeUpdateFraction": 5007716 },
              "bpo1": { "target": 10, "max": 15, "baseFeeUpdateFraction": 8346193 }
            },
            "depositContractAddress": "0x00000000000000000000000000000000000000dd"
          },
          "nonce": "0x42", "timestamp": "0x10", "extraData": "0x0102", "gasLimit": "0x1c9c380", "difficulty": "0x0",
          "mixHash": "0x0000000000000000000000000000000000000000000000000000000000000007",
          "coinbase": "0x00000000000000000000000000000000000000cc", "baseFeePerGas": null,
          "alloc": {
            "00000000000000000000000000000000000000aa": { "balance": "1000000000000000000000" },
            "0x00000000000000000000000000000000000000bb": { "balance": "0x0", "nonce": "1", "code": "0x6001", "storage": { "0x1": "0x02", "0x3": "0x0" } }
          }
        }
        """;

    private static Genesis Parse(string json)
    {
        Assert.True(Genesis.TryParse(Encoding.UTF8.GetBytes(json), out Genesis? genesis, out GenesisFault fault), fault.ToString());
        return genesis!;
    }

    [Fact]
    public void The_schedule_is_that_of_the_times()
    {
        ChainConfig chain = Parse(Description).Chain;
        Assert.Equal(1337UL, chain.ChainId);
        Assert.Equal("0x00000000000000000000000000000000000000dd", chain.DepositContract.ToString());
        Assert.Equal([0UL, 100, 200, 300], chain.Schedule.Select(activation => activation.Timestamp));
        Assert.Equal(Fork.Cancun, chain.RulesAt(99).Fork);
        Assert.Equal(Fork.Prague, chain.RulesAt(100).Fork);
        Assert.Equal((Fork.Osaka, 9), (chain.RulesAt(299).Fork, chain.RulesAt(299).Blobs.Max));
        Assert.Equal((Fork.Osaka, 15), (chain.RulesAt(ulong.MaxValue).Fork, chain.RulesAt(ulong.MaxValue).Blobs.Max));
        Assert.Equal(6, chain.RulesAt(300).MaxBlobsPerTransaction);
    }

    [Fact]
    public void Forks_at_the_beginning_hold_from_the_genesis_block_on()
    {
        Genesis genesis = Parse(Description.Replace("\"pragueTime\": 100", "\"pragueTime\": 16", StringComparison.Ordinal));
        Assert.Equal(Fork.Prague, genesis.Chain.RulesAt(0).Fork);
        Assert.Equal(Sha256.Hash([]), genesis.Draft.RequestsHash);
        Assert.Null(Parse(Description).Draft.RequestsHash);
    }

    [Fact]
    public void The_header_and_the_accounts_are_those_described()
    {
        Genesis genesis = Parse(Description);
        BlockHeader header = genesis.HeaderWith(Keccak.OfNothing);
        Assert.Equal((0x42UL, 0x10UL, 30_000_000UL, Keccak.OfNothing), (header.Nonce, header.Timestamp, header.GasLimit, header.StateRoot));
        Assert.Equal(new byte[] { 1, 2 }, header.ExtraData.ToArray());
        Assert.Equal<UInt256>(1_000_000_000, header.BaseFeePerGas);
        Assert.Equal(7, header.PrevRandao.AsSpan()[31]);
        StateDiff diff = genesis.ToDiff();
        Assert.Equal(2, diff.Accounts.Count);
        Assert.Equal(UInt256.Power(10, 21), diff.Accounts[0].Account!.Value.Balance);
        Assert.Equal(new Account(1, default, Keccak.Hash256([0x60, 1]), HasStorage: true), diff.Accounts[1].Account);
        Assert.Equal(KeyValuePair.Create<UInt256, UInt256>(1, 2), Assert.Single(diff.Accounts[1].Slots)); // what is 0 is not there
        Assert.Equal(new byte[] { 0x60, 1 }, Assert.Single(diff.Codes).Value.ToArray());
    }

    [Theory]
    [InlineData("", "", "no JSON")]
    [InlineData("\"chainId\": 1337, ", "", "config: has no \"chainId\"")]
    [InlineData("\"cancunTime\": 0, ", "", "config: has no \"cancunTime\"")]
    [InlineData("\"cancunTime\": 0", "\"cancunTime\": 17", "config.cancunTime: the chain begins before Cancun")]
    [InlineData("\"pragueTime\": 100, ", "", "config.osakaTime: Prague has no time")]
    [InlineData("\"osakaTime\": \"0xc8\"", "\"osakaTime\": 99", "config.osakaTime: comes before Prague")]
    [InlineData("\"bpo1\":", "\"bpo2\":", "config.bpo1Time: blobSchedule has no \"bpo1\"")]
    [InlineData("\"max\": 6", "\"max\": 2", "config.blobSchedule.cancun: a block has")]
    [InlineData("\"gasLimit\": \"0x1c9c380\"", "\"gasLimit\": \"0x10000000000000000\"", "gasLimit: is no number below 2^64")]
    [InlineData("\"balance\": \"0x0\"", "\"balance\": \"-1\"", "alloc.0x00000000000000000000000000000000000000bb.balance: \"-1\" is no number")]
    [InlineData("\"code\": \"0x6001\"", "\"code\": \"0x600\"", "alloc.0x00000000000000000000000000000000000000bb.code: is no hexadecimal text")]
    [InlineData("00000000000000000000000000000000000000aa", "0x00000000000000000000000000000000000000BB", "alloc.0x00000000000000000000000000000000000000bb: is there twice")]
    [InlineData("00000000000000000000000000000000000000aa", "aa", "alloc.aa: \"aa\" is not the hexadecimal text of 20 bytes")]
    [InlineData("\"0x3\": \"0x0\"", "\"0x01\": \"0x0\"", "alloc.0x00000000000000000000000000000000000000bb.storage.0x01: is there twice")]
    public void What_is_wrong_is_named_with_its_place(string part, string replacement, string expected)
    {
        string json = part.Length == 0 ? "{" : Description.Replace(part, replacement, StringComparison.Ordinal);
        Assert.NotEqual(Description, json);
        Assert.False(Genesis.TryParse(Encoding.UTF8.GetBytes(json), out _, out GenesisFault fault));
        Assert.StartsWith(expected, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_schedule_out_of_order_is_a_callers_mistake()
    {
        Assert.Throws<ArgumentException>(() => new ChainConfig(1, default));
        Assert.Throws<ArgumentException>(() => new ChainConfig(1, default, new RulesActivation(1, ForkRules.Cancun)));
        Assert.Throws<ArgumentException>(() => new ChainConfig(1, default, new RulesActivation(0, ForkRules.Cancun), new RulesActivation(0, ForkRules.Prague)));
    }
}
