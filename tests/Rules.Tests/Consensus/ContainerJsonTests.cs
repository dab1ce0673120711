using System.Reflection;
using System.Text;
using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>The consensus containers in JSON, as the Beacon API writes them. That names and values are the specification's for all of them, the vectors of ssz_static show.</summary>
public class ContainerJsonTests
{
    private const string Root = "0xcf8e0d4e9587369b2301d0790347320302cc0943d5a1884560367e8208d920f2";
    private const string Key = "0x93247f2209abcacf57b75a51dafae777f9dd38bc7053d1af526f220a7489a6d3a2753e5f3e8b1cfe39b56f43611df74a";
    private const string Address = "0xabcf8e0d4e9587369b2301d0790347320302cc09";

    private const string Signature =
        "0x1b66ac1fb663c9bc59509846d6ec05345bd908eda73e670af888da41af171505cc411d61252fb6cb3fa0017b679f8bb2305b26a285fa2737f175668d0dff91cc1b66ac1fb663c9bc59509846d6ec05345bd908eda73e670af888da41af171505";

    private const string Data = $$$"""{"slot":"1","index":"0","beacon_block_root":"{{{Root}}}","source":{"epoch":"1","root":"{{{Root}}}"},"target":{"epoch":"2","root":"{{{Root}}}"}}""";

    private const string Header = $$$"""{"slot":"1","proposer_index":"1","parent_root":"{{{Root}}}","state_root":"{{{Root}}}","body_root":"{{{Root}}}"}""";

    private static readonly Preset Preset = RandomChain.Lively.Preset;

    public static TheoryData<string> Containers => [.. ContainerTypes().Select(type => type.Name)];

    [Fact]
    public void All_containers_are_looked_at() => Assert.InRange(ContainerTypes().Count(), 56, 200);

    [Theory]
    [MemberData(nameof(Containers))]
    public void A_random_value_comes_out_of_its_JSON_again(string container)
    {
        MethodInfo law = typeof(ContainerJsonTests).GetMethod(nameof(RoundTrip), BindingFlags.NonPublic | BindingFlags.Static)!;
        law.MakeGenericMethod(ContainerTypes().Single(type => type.Name == container)).Invoke(null, []);
    }

    [Fact]
    public void A_checkpoint_and_a_fork()
    {
        Same<Checkpoint>($$"""{"epoch":"1","root":"{{Root}}"}""", new(new(1), FixedBytes.Parse<Hash32>(Root)));
        Same<Fork>("""{"previous_version":"0x00000000","current_version":"0x05000001","epoch":"18446744073709551615"}""", new(default, FixedBytes.Parse<Bytes4>("0x05000001"), new(ulong.MaxValue)));
    }

    [Fact]
    public void A_validator() => Same<Validator>(
        $$"""{"pubkey":"{{Key}}","withdrawal_credentials":"{{Root}}","effective_balance":"32000000000","slashed":false,"activation_eligibility_epoch":"1","activation_epoch":"2","exit_epoch":"18446744073709551615","withdrawable_epoch":"18446744073709551615"}""",
        new(FixedBytes.Parse<Bytes48>(Key), FixedBytes.Parse<Hash32>(Root), new(32_000_000_000), false, new(1), new(2), new(ulong.MaxValue), new(ulong.MaxValue)));

    [Fact]
    public void An_attestation_with_its_bits()
    {
        Attestation attestation = Parse<Attestation>($$"""{"aggregation_bits":"0x0d","data":{{Data}},"signature":"{{Signature}}","committee_bits":"0x03"}""");
        Assert.Equal(3, attestation.AggregationBits.Count);
        Assert.True(attestation.AggregationBits[0] && !attestation.AggregationBits[1] && attestation.AggregationBits[2]);
        Assert.Equal(2, attestation.CommitteeBits.SetCount);
        Assert.Equal(new Checkpoint(new(2), FixedBytes.Parse<Hash32>(Root)), attestation.Data.Target);
    }

    [Fact]
    public void What_validators_send()
    {
        Parse<SingleAttestation>($$"""{"committee_index":"1","attester_index":"2","data":{{Data}},"signature":"{{Signature}}"}""");
        Parse<SignedVoluntaryExit>($$$"""{"message":{"epoch":"1","validator_index":"1"},"signature":"{{{Signature}}}"}""");
        Parse<SignedBlsToExecutionChange>($$$"""{"message":{"validator_index":"1","from_bls_pubkey":"{{{Key}}}","to_execution_address":"{{{Address}}}"},"signature":"{{{Signature}}}"}""");
        Parse<SyncCommitteeMessage>($$"""{"slot":"1","beacon_block_root":"{{Root}}","validator_index":"1","signature":"{{Signature}}"}""");
        Parse<ProposerSlashing>($$$"""{"signed_header_1":{"message":{{{Header}}},"signature":"{{{Signature}}}"},"signed_header_2":{"message":{{{Header}}},"signature":"{{{Signature}}}"}}""");
        Parse<AttesterSlashing>(
            $$$"""{"attestation_1":{"attesting_indices":["1","2"],"data":{{{Data}}},"signature":"{{{Signature}}}"},"attestation_2":{"attesting_indices":[],"data":{{{Data}}},"signature":"{{{Signature}}}"}}""");
    }

    [Fact]
    public void A_payload_and_its_requests()
    {
        string bloom = "0x" + new string('0', 512);
        ExecutionPayload payload = Parse<ExecutionPayload>(
            $$"""{"parent_hash":"{{Root}}","fee_recipient":"{{Address}}","state_root":"{{Root}}","receipts_root":"{{Root}}","logs_bloom":"{{bloom}}","prev_randao":"{{Root}}","block_number":"1","gas_limit":"30000000","gas_used":"1","timestamp":"1","extra_data":"0x","base_fee_per_gas":"340282366920938463463374607431768211456","block_hash":"{{Root}}","transactions":["0x02f878831469668303f51d"],"withdrawals":[{"index":"1","validator_index":"1","address":"{{Address}}","amount":"1"}],"blob_gas_used":"1","excess_blob_gas":"1"}""");
        Assert.Equal(new UInt256(0, 0, 1), payload.BaseFeePerGas);
        Parse<ExecutionRequests>(
            $$"""{"deposits":[{"pubkey":"{{Key}}","withdrawal_credentials":"{{Root}}","amount":"1","signature":"{{Signature}}","index":"1"}],"withdrawals":[{"source_address":"{{Address}}","validator_pubkey":"{{Key}}","amount":"1"}],"consolidations":[{"source_address":"{{Address}}","source_pubkey":"{{Key}}","target_pubkey":"{{Key}}"}]}""");
    }

    [Fact]
    public void A_fault_names_the_place_in_the_words_of_the_specification()
    {
        string json = Encoding.UTF8.GetString(Ssz.ToJson(SignedBeaconBlock.Codec(Preset), RandomBlock(new Random(1))));
        string bad = json.Replace("\"gas_limit\":\"", "\"gas_limit\":\"x", StringComparison.Ordinal);
        Assert.False(SignedBeaconBlock.TryParseJson(Encoding.UTF8.GetBytes(bad), Preset, out _, out SszFault fault));
        Assert.Equal(new SszFault(SszRule.NotDecimal, "message.body.execution_payload.gas_limit"), fault);
    }

    [Fact]
    public void Cut_and_mutated_blocks_do_no_harm() => Seeds.Check(random =>
    {
        for (int i = 0; i < 500; i++)
        {
            byte[] json = Ssz.ToJson(SignedBeaconBlock.Codec(Preset), RandomBlock(random));
            Assert.False(SignedBeaconBlock.TryParseJson(json.AsSpan(0, random.Next(json.Length)), Preset, out _, out _));
            if (SignedBeaconBlock.TryParseJson(Mutations.Mutate(json, random), Preset, out SignedBeaconBlock? block, out SszFault fault))
                Assert.True(SignedBeaconBlock.TryDecode(block.Encode(Preset), Preset, out _, out _));
            else
                Assert.NotEqual(SszRule.None, fault.Rule);
        }
    });

    private static IEnumerable<Type> ContainerTypes() => typeof(BeaconState).Assembly.GetTypes().Where(type => !type.IsAbstract
        && type.GetInterfaces().Any(made => made.IsGenericType && made.GetGenericTypeDefinition() == typeof(ISszContainer<>)));

    private static SignedBeaconBlock RandomBlock(Random random)
    {
        byte[] encoding = RandomEncoding.Of(SignedBeaconBlock.Codec(Preset).Shape, random);
        Assert.True(SignedBeaconBlock.TryDecode(encoding, Preset, out SignedBeaconBlock? block, out SszFault fault), fault.ToString());
        return block;
    }

    private static void RoundTrip<T>()
        where T : ISszContainer<T> => Seeds.Check(random =>
    {
        SszContainer<T> codec = new(Preset);
        for (int i = 0; i < 5; i++)
        {
            byte[] encoding = RandomEncoding.Of(codec.Shape, random);
            Assert.True(codec.TryDecode(encoding, out T? value, out SszFault fault), fault.ToString());
            Assert.True(Ssz.TryParseJson<T, SszContainer<T>>(codec, Ssz.ToJson(codec, in value), out T? again, out fault), fault.ToString());
            Assert.Equal(encoding, Ssz.Encode(codec, in again));
            Assert.Equal(codec.RootOf(in value), codec.RootOf(in again));
        }
    });

    private static void Same<T>(string json, T expected)
        where T : ISszContainer<T> => Assert.Equal(expected, Parse<T>(json));

    /// <summary>The value of a text, which it is written as again.</summary>
    private static T Parse<T>(string json)
        where T : ISszContainer<T>
    {
        SszContainer<T> codec = new(Preset);
        Assert.True(Ssz.TryParseJson<T, SszContainer<T>>(codec, Encoding.UTF8.GetBytes(json), out T? value, out SszFault fault), fault.ToString());
        Assert.Equal(json, Encoding.UTF8.GetString(Ssz.ToJson(codec, in value)));
        return value;
    }
}
