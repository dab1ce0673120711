using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>The validators of a state: a column for each field, a Merkle tree that remembers each validator's root, and an index by key.</summary>
/// <remarks>Copies share pages until one of them writes. One thread writes a registry; asking for the root and copying count as writing.</remarks>
public sealed partial class ValidatorRegistry
{
    private readonly PagedList<Bytes48> _publicKeys;
    private readonly PagedList<Hash32> _withdrawalCredentials;
    private readonly PagedList<Gwei> _effectiveBalances;
    private readonly PagedList<bool> _slashed;
    private readonly PagedList<Epoch> _activationEligibilityEpochs;
    private readonly PagedList<Epoch> _activationEpochs;
    private readonly PagedList<Epoch> _exitEpochs;
    private readonly PagedList<Epoch> _withdrawableEpochs;
    private readonly PublicKeyIndex _index;
    private readonly MerkleTree _tree;

    /// <summary>No validators.</summary>
    public ValidatorRegistry()
    {
        _publicKeys = new();
        _withdrawalCredentials = new();
        _effectiveBalances = new();
        _slashed = new();
        _activationEligibilityEpochs = new();
        _activationEpochs = new();
        _exitEpochs = new();
        _withdrawableEpochs = new();
        _index = new();
        _tree = new(keepsLeaves: true);
    }

    private ValidatorRegistry(ValidatorRegistry source)
    {
        _publicKeys = source._publicKeys.Copy();
        _withdrawalCredentials = source._withdrawalCredentials.Copy();
        _effectiveBalances = source._effectiveBalances.Copy();
        _slashed = source._slashed.Copy();
        _activationEligibilityEpochs = source._activationEligibilityEpochs.Copy();
        _activationEpochs = source._activationEpochs.Copy();
        _exitEpochs = source._exitEpochs.Copy();
        _withdrawableEpochs = source._withdrawableEpochs.Copy();
        _index = source._index.Copy();
        _tree = source._tree.Copy();
    }

    /// <summary>The number of validators in a full <see cref="ValidatorBlock"/>: a page of numbers of 64 bits.</summary>
    public static int BlockLength => PagedList<ulong>.PageLength;

    /// <summary>The number of validators.</summary>
    public int Count => _effectiveBalances.Count;

    /// <summary>The number of blocks.</summary>
    public int BlockCount => _effectiveBalances.PageCount;

    /// <summary>A validator, from 0. What is set differs from what was there in anything but the key.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such validator.</exception>
    /// <exception cref="ArgumentException">The key is another one's: validators keep their key.</exception>
    public Validator this[int index]
    {
        get => new(
            _publicKeys[index], _withdrawalCredentials[index], _effectiveBalances[index], _slashed[index],
            _activationEligibilityEpochs[index], _activationEpochs[index], _exitEpochs[index], _withdrawableEpochs[index]);

        set
        {
            if (_publicKeys[index] != value.PublicKey)
                throw new ArgumentException($"validator {index} has another key");
            Put(_withdrawalCredentials, index, value.WithdrawalCredentials);
            Put(_effectiveBalances, index, value.EffectiveBalance);
            Put(_slashed, index, value.Slashed);
            Put(_activationEligibilityEpochs, index, value.ActivationEligibilityEpoch);
            Put(_activationEpochs, index, value.ActivationEpoch);
            Put(_exitEpochs, index, value.ExitEpoch);
            Put(_withdrawableEpochs, index, value.WithdrawableEpoch);
            _tree.Mark(index);
        }
    }

    /// <summary>The key of a validator.</summary>
    public Bytes48 PublicKeyOf(int index) => _publicKeys[index];

    /// <summary>The effective balance of a validator.</summary>
    public Gwei EffectiveBalanceOf(int index) => _effectiveBalances[index];

    /// <summary>The withdrawal credentials of a validator.</summary>
    public Hash32 WithdrawalCredentialsOf(int index) => _withdrawalCredentials[index];

    /// <summary>From when on a validator's stake may leave.</summary>
    public Epoch WithdrawableEpochOf(int index) => _withdrawableEpochs[index];

    /// <summary>Sets the effective balance of a validator.</summary>
    public void SetEffectiveBalance(int index, Gwei value)
    {
        _effectiveBalances[index] = value;
        _tree.Mark(index);
    }

    /// <summary>Neighbours in the registry, column by column.</summary>
    /// <param name="block">Which block, from 0.</param>
    public ValidatorBlock Block(int block)
    {
        ReadOnlySpan<Gwei> effectiveBalances = _effectiveBalances.Page(block);
        int first = block * BlockLength;
        int page = PagedList<bool>.PageLength;
        return new ValidatorBlock
        {
            First = first,
            EffectiveBalances = effectiveBalances,
            Slashed = _slashed.Page(first / page).Slice(first % page, effectiveBalances.Length),
            ActivationEpochs = _activationEpochs.Page(block),
            ExitEpochs = _exitEpochs.Page(block),
            WithdrawableEpochs = _withdrawableEpochs.Page(block),
        };
    }

    /// <summary>When each validator of a block may be queued for activation.</summary>
    internal ReadOnlySpan<Epoch> ActivationEligibilityEpochs(int block) => _activationEligibilityEpochs.Page(block);

    /// <summary>The index of the validator with that key, or −1.</summary>
    public int IndexOf(in Bytes48 publicKey) => _index.Find(_publicKeys, in publicKey);

    /// <summary>Appends a validator.</summary>
    public void Add(in Validator validator)
    {
        _publicKeys.Add(validator.PublicKey);
        _withdrawalCredentials.Add(validator.WithdrawalCredentials);
        _effectiveBalances.Add(validator.EffectiveBalance);
        _slashed.Add(validator.Slashed);
        _activationEligibilityEpochs.Add(validator.ActivationEligibilityEpoch);
        _activationEpochs.Add(validator.ActivationEpoch);
        _exitEpochs.Add(validator.ExitEpoch);
        _withdrawableEpochs.Add(validator.WithdrawableEpoch);
        _index.AddLast(_publicKeys);
        _tree.Resize(Count);
    }

    /// <summary>A copy; both may be written from now on without the other noticing.</summary>
    public ValidatorRegistry Copy() => new(this);

    private static void Put<T>(PagedList<T> column, int index, T value)
        where T : IEquatable<T>
    {
        // Writing a page unshares it, so only what changes is written.
        if (!column[index].Equals(value))
            column[index] = value;
    }
}
