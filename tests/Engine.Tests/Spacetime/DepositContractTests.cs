using System.Buffers.Binary;
using Flashback.Chain.Spacetime;
using Flashback.Consensus;
using Flashback.Execution;
using Flashback.Primitives;
using ExecutionRequest = Flashback.Execution.ExecutionRequest;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>The deposit contract on our machine, beside what both layers make of its logs and its tree.</summary>
public class DepositContractTests : IBlockHashes
{
    private const string Signature = "deposit(bytes,bytes,bytes,bytes32)";
    private const ulong MinimumGwei = 1_000_000_000; // one coin

    private static readonly Address Contract = ChainConfig.MainnetDepositContract, Depositor = ContractWorld.NewAddress(0xdede);

    private readonly ContractWorld _world = NewWorld();

    [Fact]
    public void The_root_and_the_count_are_those_of_the_consensus_layers_tree()
    {
        List<DepositData> deposits = [];
        for (int i = 0; i <= 20; i++)
        {
            Assert.Equal(BeaconGenesis.RootOf([.. deposits]), Hash32.Read(Ask("get_deposit_root()")));
            Assert.Equal(LittleEndian((ulong)i), Abi.BytesAt(Ask("get_deposit_count()"), 0));
            deposits.Add(Deposit(i));
            Assert.True(Send(deposits[^1]).IsSuccess);
        }
    }

    [Fact]
    public void A_block_asks_the_consensus_layer_for_each_deposit_with_the_same_fields()
    {
        DepositData[] deposits = [Deposit(1), Deposit(2), Deposit(3)];
        BlockHeader parent = Genesis.FirstHeader(ForkRules.Osaka, 30_000_000, 7);
        ChainConfig chain = new(ContractWorld.ChainId, Contract, new RulesActivation(0, ForkRules.Osaka));
        BlockHeader draft = new BlockAttributes(12, default, parent.GasLimit, default, default, default).Draft(parent, chain);
        ContractWorld state = NewWorld([.. SystemContracts.Accounts]);
        Assert.Null(new BlockExecutor(chain, new BytecodeCache()).Begin(draft, state, this, default(NoHooks), out BlockExecution<NoHooks> execution));
        for (int i = 0; i < deposits.Length; i++)
        {
            Transaction transaction = new()
            {
                Type = TransactionType.DynamicFee, ChainId = ContractWorld.ChainId, Nonce = (ulong)i, MaxPriorityFeePerGas = 0, MaxFeePerGas = 7, GasLimit = 300_000,
                To = Contract, Value = Wei(deposits[i]), Input = Input(deposits[i]),
            };
            Assert.Null(execution.Execute(transaction, Depositor));
        }
        Assert.Null(execution.Finish([], out BlockResult? result));
        ExecutionRequest request = Assert.Single(result!.Requests!);
        Assert.Equal(ExecutionRequest.Deposit, request.Type);
        Assert.Equal([.. deposits.SelectMany((deposit, i) => (byte[])[.. Bytes(deposit), .. LittleEndian((ulong)i)])], request.Payload.ToArray());
    }

    [Theory]
    [InlineData(47, 32, 96, "DepositContract: invalid pubkey length")]
    [InlineData(49, 32, 96, "DepositContract: invalid pubkey length")]
    [InlineData(48, 31, 96, "DepositContract: invalid withdrawal_credentials length")]
    [InlineData(48, 33, 96, "DepositContract: invalid withdrawal_credentials length")]
    [InlineData(48, 32, 95, "DepositContract: invalid signature length")]
    [InlineData(48, 32, 97, "DepositContract: invalid signature length")]
    public void Fields_of_another_length_are_refused(int key, int credentials, int signature, string reason) =>
        AssertRefused(reason, Abi.Call(Signature, new byte[key], new byte[credentials], new byte[signature], default(Hash32)), Wei(MinimumGwei));

    [Theory]
    [InlineData(0UL, "DepositContract: deposit value too low")]
    [InlineData(999_999_999_999_999_999UL, "DepositContract: deposit value too low")]
    [InlineData(1_000_000_000_000_000_001UL, "DepositContract: deposit value not multiple of gwei")]
    public void Less_than_a_coin_and_parts_of_a_gwei_are_refused(ulong wei, string reason) => AssertRefused(reason, Input(Deposit(1)), wei);

    [Fact]
    public void As_much_as_64_bits_of_gwei_hold_can_be_staked_and_no_more()
    {
        DepositData most = Deposit(1) with { Amount = new Gwei(ulong.MaxValue) };
        AssertRefused("DepositContract: deposit value too high", Input(most), Wei(ulong.MaxValue) + Wei(1));
        Assert.True(Send(most).IsSuccess);
    }

    [Fact]
    public void Another_root_than_that_of_the_fields_is_refused()
    {
        const string reason = "DepositContract: reconstructed DepositData does not match supplied deposit_data_root";
        DepositData deposit = Deposit(7);
        DepositData[] others = [Deposit(8) with { PublicKey = deposit.PublicKey }, deposit with { Amount = new Gwei(deposit.Amount.Value + 1) }, deposit with { WithdrawalCredentials = default }, deposit with { PublicKey = default }];
        Assert.All(others, other => AssertRefused(reason, Input(deposit, other.HashTreeRoot()), Wei(deposit)));
        Assert.Equal(new byte[8], Abi.BytesAt(Ask("get_deposit_count()"), 0));
    }

    [Fact]
    public void A_full_tree_takes_no_more()
    {
        // The count is the word behind the branch: 32 levels.
        KeyValuePair<UInt256, UInt256> full = new(32, uint.MaxValue);
        GenesisAccount contract = GenesisContracts.Deposit(Contract) with { Slots = [full] };
        ContractWorld world = new(contract, ContractWorld.Rich(Depositor));
        TransactionOutcome outcome = world.Send(Depositor, Contract, Input(Deposit(1)), Wei(Deposit(1)));
        Assert.False(outcome.IsSuccess);
        Assert.Equal("DepositContract: merkle tree full", Abi.ReasonOf(outcome.Output.Span));
        ContractWorld before = new(contract with { Slots = [new(32, uint.MaxValue - 1)] }, ContractWorld.Rich(Depositor));
        Assert.True(before.Send(Depositor, Contract, Input(Deposit(1)), Wei(Deposit(1))).IsSuccess);
    }

    [Theory]
    [InlineData("01ffc9a7", true)]
    [InlineData("85640907", true)]
    [InlineData("ffffffff", false)]
    [InlineData("00000000", false)]
    public void It_says_which_interfaces_it_has(string id, bool isSupported) =>
        Assert.Equal(isSupported ? 1UL : 0UL, UInt256.ReadBigEndian(_world.Ask(Contract, [.. Abi.Selector("supportsInterface(bytes4)"), .. Hex.Decode(id), .. new byte[28]]).Output.Span));

    [Fact]
    public void Coins_without_a_call_are_refused() => Assert.False(_world.Send(Depositor, Contract, [], Wei(MinimumGwei)).IsSuccess);

    public Hash32 HashOf(ulong number) => default;

    private static ContractWorld NewWorld(params GenesisAccount[] more) => new([GenesisContracts.Deposit(Contract), ContractWorld.Rich(Depositor), .. more]);

    private static DepositData Deposit(int seed)
    {
        byte[] bytes = new byte[48 + 32 + 96];
        new Random(seed).NextBytes(bytes);
        return new DepositData(Bytes48.Read(bytes.AsSpan(0, 48)), Hash32.Read(bytes.AsSpan(48, 32)), new Gwei(MinimumGwei * (ulong)(seed + 1) + (ulong)seed), Bytes96.Read(bytes.AsSpan(80)));
    }

    private static UInt256 Wei(ulong gwei) => (UInt256)gwei * 1_000_000_000UL;

    private static UInt256 Wei(DepositData deposit) => Wei(deposit.Amount.Value);

    private static byte[] LittleEndian(ulong number)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        return bytes;
    }

    private static byte[] Bytes(DepositData d) => [.. d.PublicKey.AsSpan(), .. d.WithdrawalCredentials.AsSpan(), .. LittleEndian(d.Amount.Value), .. d.Signature.AsSpan()];

    private static byte[] Input(DepositData deposit, Hash32? root = null) => Abi.Call(
        Signature, deposit.PublicKey.AsSpan().ToArray(), deposit.WithdrawalCredentials.AsSpan().ToArray(), deposit.Signature.AsSpan().ToArray(), root ?? deposit.HashTreeRoot());

    private TransactionOutcome Send(DepositData deposit) => _world.Send(Depositor, Contract, Input(deposit), Wei(deposit));

    private byte[] Ask(string signature) => _world.Ask(Contract, Abi.Call(signature)).Output.ToArray();

    private void AssertRefused(string reason, byte[] input, UInt256 wei)
    {
        TransactionOutcome outcome = _world.Send(Depositor, Contract, input, wei);
        Assert.Equal(Halt.Revert, outcome.Halt);
        Assert.Equal(reason, Abi.ReasonOf(outcome.Output.Span));
        Assert.Empty(outcome.Logs);
    }
}
