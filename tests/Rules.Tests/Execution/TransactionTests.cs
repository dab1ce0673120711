using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Rules.Tests.Execution;

public class TransactionTests
{
    private static readonly Transaction Simple = new()
    {
        Type = TransactionType.DynamicFee,
        ChainId = 1,
        Nonce = 0,
        MaxPriorityFeePerGas = 2,
        MaxFeePerGas = 10,
        GasLimit = 100_000,
        To = World.Contract,
    };

    private static readonly Transaction Blob = Simple with
    {
        Type = TransactionType.Blob,
        MaxFeePerBlobGas = 1,
        BlobHashes = [Versioned(1)],
    };

    private static readonly Transaction SetCode = Simple with
    {
        Type = TransactionType.SetCode,
        Authorizations = [new Authorization(1, World.Other, 0, 0, 1, 1)],
    };

    /// <summary>Each rule with a transaction that breaks it and no rule before it.</summary>
    private static readonly Dictionary<TransactionRule, Func<Invalid<TransactionRule>?>> Breakers = new()
    {
        [TransactionRule.Type4TxPreFork] = () => Check(SetCode, new World(ForkRules.Cancun)),
        [TransactionRule.InvalidChainId] = () => Check(Simple with { ChainId = 2 }),
        [TransactionRule.IntrinsicGasTooLow] = () => Check(Simple with { GasLimit = 20_999 }),
        [TransactionRule.IntrinsicGasBelowFloorGasCost] = () => Check(Simple with { GasLimit = 21_000 + 16 * 100, Input = Ones(100) }),
        [TransactionRule.NonceIsMax] = () => Check(Simple with { Nonce = ulong.MaxValue }),
        [TransactionRule.InitcodeSizeExceeded] = () => Check(Simple with { To = null, Input = new byte[49_153], GasLimit = 10_000_000 }),
        [TransactionRule.GasLimitExceedsMaximum] = () => Check(Simple with { GasLimit = 16_777_217 }),
        [TransactionRule.GasAllowanceExceeded] = () => Check(Simple, used: new BlockUsage(99_900_001, 0)),
        [TransactionRule.PriorityGreaterThanMaxFeePerGas] = () => Check(Simple with { MaxPriorityFeePerGas = 11 }),
        [TransactionRule.GaslimitPriceProductOverflow] = () => Check(Simple with { MaxFeePerGas = UInt256.One << 250 }),
        [TransactionRule.InsufficientMaxFeePerGas] = () => Check(Simple with { MaxFeePerGas = 6 }),
        [TransactionRule.Type3TxContractCreation] = () => Check(Blob with { To = null }),
        [TransactionRule.Type3TxZeroBlobs] = () => Check(Blob with { BlobHashes = [] }),
        [TransactionRule.Type3TxBlobCountExceeded] = () => Check(Blob with { BlobHashes = [.. Enumerable.Repeat(Versioned(1), 7)] }),
        [TransactionRule.Type3TxMaxBlobGasAllowanceExceeded] = () => Check(Blob, used: new BlockUsage(0, 9 * BlobSchedule.GasPerBlob)),
        [TransactionRule.Type3TxInvalidBlobVersionedHash] = () => Check(Blob with { BlobHashes = [Versioned(2)] }),
        [TransactionRule.InsufficientMaxFeePerBlobGas] = () => Check(Blob with { MaxFeePerBlobGas = 0 }),
        [TransactionRule.Type4TxContractCreation] = () => Check(SetCode with { To = null }),
        [TransactionRule.Type4EmptyAuthorizationList] = () => Check(SetCode with { Authorizations = [] }),
        [TransactionRule.NonceMismatchTooLow] = () => Check(Simple, new World().With(World.Sender, balance: UInt256.One << 100, nonce: 1)),
        [TransactionRule.NonceMismatchTooHigh] = () => Check(Simple with { Nonce = 1 }),
        [TransactionRule.InsufficientAccountFunds] = () => Check(Simple, new World().With(World.Sender, balance: 999_999)),
        [TransactionRule.SenderNotEoa] = () => Check(Simple, new World().With(World.Sender, Code.With(Opcode.Stop), UInt256.One << 100)),
        [TransactionRule.InvalidSignatureVrs] = () => Senders.Recover([Simple], 1, out _, out _),
    };

    public static TheoryData<TransactionRule> Rules => [.. Enum.GetValues<TransactionRule>()];

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_transaction_that_breaks_a_rule_is_invalid_by_that_rule(TransactionRule rule) => Assert.Equal(rule, Breakers[rule]()?.Rule);

    [Fact]
    public void The_transactions_that_break_rules_are_valid_without_what_breaks_them()
    {
        Assert.Null(Check(Simple));
        Assert.Null(Check(Blob));
        Assert.Null(Check(SetCode));
        Assert.Null(Check(Simple, new World().With(World.Sender, Delegation.To(World.Other), UInt256.One << 100)));
    }

    [Fact]
    public void An_invalid_transaction_changes_nothing()
    {
        World world = new();
        Assert.NotNull(world.Execute(Simple with { Nonce = 1 }, out TransactionOutcome? outcome));
        Assert.Null(outcome);
        Assert.Empty(world.State.ToDiff().Accounts);
    }

    [Fact]
    public void The_sender_pays_the_base_fee_and_the_priority_fee_and_the_producer_gets_the_latter()
    {
        World world = new World().With(World.Contract, Code.With(Opcode.Stop));
        TransactionOutcome outcome = world.Execute(Simple with { Value = 5 });
        Assert.Equal((Halt.Stop, 21_000UL, (UInt256)9UL), (outcome.Halt, outcome.GasUsed, outcome.GasPrice));
        Assert.Equal((UInt256.One << 128) - 21_000 * 9 - 5, world.State[World.Sender].Balance);
        Assert.Equal<UInt256>(21_000 * 2, world.State[World.Producer].Balance);
        Assert.Equal<UInt256>(5, world.State[World.Contract].Balance);
    }

    [Fact]
    public void At_most_a_fifth_of_the_gas_is_given_back()
    {
        World world = new World().WithSlot(World.Contract, 1, 1).WithSlot(World.Contract, 2, 1);
        Account account = world.TryGetAccount(World.Contract, out Account found) ? found : default;
        world.With(World.Contract, Code.Nothing.Store(0, 1).Store(0, 2)).WithSlot(World.Contract, 1, 1);
        Assert.True(account.HasStorage);
        ulong without = 21_000 + 2 * (2 + 3 + 2100 + 2900);
        Assert.Equal(without - Math.Min(without / 5, 9600), world.Execute(Simple).GasUsed);
    }

    [Fact]
    public void Data_costs_at_least_its_floor()
    {
        World world = new World().With(World.Contract, Code.With(Opcode.Stop));
        Assert.Equal(21_000UL + 40 * 100, world.Execute(Simple with { Input = Ones(100) }).GasUsed);
        Assert.Equal(21_000UL + 16 * 100, new World(ForkRules.Cancun).Execute(Simple with { Input = Ones(100) }).GasUsed);
    }

    [Fact]
    public void A_failed_transaction_costs_all_its_gas_and_still_counts()
    {
        World world = new World().With(World.Contract, Code.Nothing.Store(1, 1).Do(Opcode.Invalid));
        TransactionOutcome outcome = world.Execute(Simple with { Value = 5 });
        Assert.Equal((false, 100_000UL), (outcome.IsSuccess, outcome.GasUsed));
        Assert.Equal((1UL, true), (world.State[World.Sender].Nonce, world.State[World.Contract].Balance.IsZero));
    }

    [Fact]
    public void What_a_transaction_makes_and_destroys_is_gone_afterwards()
    {
        byte[] destroying = Code.With(Opcode.Caller, Opcode.SelfDestruct);
        World world = new World().With(World.Contract, Code.Nothing.Create(destroying, value: 4).Do(Opcode.Stop), balance: 4);
        Assert.True(world.Execute(Simple).IsSuccess);
        Assert.DoesNotContain(world.State.ToDiff().Accounts, diff => diff.Address == ContractAddress.Of(World.Contract, 0));
        Assert.Equal<UInt256>(4, world.State[World.Contract].Balance);
    }

    [Fact]
    public void What_was_there_before_is_not_destroyed_but_gives_all_it_has()
    {
        World world = new World().With(World.Contract, Code.Pushing(0x777).Do(Opcode.SelfDestruct), balance: 4);
        Assert.True(world.Execute(Simple).IsSuccess);
        Assert.False(world.State[World.Contract].IsAbsent);
        Assert.Equal<UInt256>(4, world.State[World.Named(0x777)].Balance);
    }

    [Fact]
    public void An_account_left_empty_is_deleted()
    {
        World world = new World().With(World.Other);
        Assert.True(world.Execute(Simple with { To = World.Other }).IsSuccess);
        AccountDiff diff = Assert.Single(world.State.ToDiff().Accounts, diff => diff.Address == World.Other);
        Assert.Null(diff.Account);
    }

    [Fact]
    public void What_is_declared_is_warm()
    {
        World world = new World().With(World.Contract, Code.Pushing(1).Do(Opcode.SLoad).Push(World.Other).Do(Opcode.Balance));
        Transaction declaring = Simple with { AccessList = [new(World.Contract, [((UInt256)1UL).ToHash32()]), new(World.Other, [])] };
        Assert.Equal(21_000UL + 2 * 2400 + 1900 + 2 * (3 + 100), world.Execute(declaring).GasUsed);
    }

    private static Invalid<TransactionRule>? Check(Transaction transaction, World? world = null, BlockUsage used = default) =>
        (world ?? new World()).Execute(transaction, out _, used);

    private static byte[] Ones(int length) => [.. Enumerable.Repeat((byte)1, length)];

    private static Hash32 Versioned(byte version) => Hash32.Read([version, .. new byte[31]]);
}
