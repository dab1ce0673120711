using Flashback.Chain.Spacetime;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>The slow twin of the contract Sectors: objects and loops over all of them, one slot after the other.</summary>
internal sealed class SectorsModel(SpacetimeParameters parameters)
{
    private const ulong SealMaxWait = 50_000, TicketMaxAge = 7_200, MaxLifetimePeriods = 1_825;
    private const ulong FoundFaultFees = 3, TerminationFees = 14;

    private readonly Dictionary<int, ProviderState> _providers = [];
    private readonly Dictionary<int, (ulong Gwei, bool Terminates)> _debts = [];

    public ulong Slot { get; set; }

    public ulong SectorFee => parameters.FaultFee * (ulong)parameters.Seal.Size.Bytes >> 30;

    public IEnumerable<int> Providers => _providers.Keys;

    public ProviderState this[int provider] => _providers[provider];

    private ulong Length => parameters.ProvingPeriod / parameters.Deadlines;

    private int MostInPartition => parameters.Seal.Size.WindowSectors;

    public void Register(int provider, ulong effectiveGwei)
    {
        UInt256 hash = UInt256.ReadBigEndian(Keccak.Hash256(Abi.Encode((ulong)provider)).AsSpan());
        ulong offset = (ulong)((System.Numerics.BigInteger)hash % parameters.ProvingPeriod);
        _providers[provider] = new ProviderState(offset, effectiveGwei);
    }

    public bool PreCommit(int provider, ulong number, int cadence, ulong expiration, ulong sealSlot)
    {
        ProviderState state = _providers[provider];
        decimal bytes = (decimal)parameters.Seal.Size.Bytes * (state.Committed + 1);
        bool isCovered = bytes * parameters.CollateralPerTib <= state.EffectiveGwei * (decimal)(1UL << 40);
        bool isCadence = cadence > 0 && parameters.Deadlines % (ulong)cadence == 0 && 2 * (ulong)cadence <= parameters.Deadlines;
        ulong earliest = Slot + parameters.PrecommitDelay + parameters.MinLifetimePeriods * parameters.ProvingPeriod, latest = Slot + MaxLifetimePeriods * parameters.ProvingPeriod;
        if (!isCovered || !isCadence || state.Sectors.ContainsKey(number) || sealSlot >= Slot || Slot - sealSlot > TicketMaxAge || expiration < earliest || expiration > latest)
            return false;
        state.Sectors[number] = new SectorState { Number = number, Cadence = cadence, Expiration = expiration, PreCommit = Slot };
        state.Committed++;
        return true;
    }

    public bool Seal(int provider, ulong number)
    {
        ProviderState state = _providers[provider];
        if (!state.Sectors.TryGetValue(number, out SectorState? sector) || sector.Stage != Stage.PreCommitted)
            return false;
        ulong seed = sector.PreCommit + parameters.PrecommitDelay;
        if (Slot <= seed || Slot > seed + SealMaxWait || Slot >= sector.Expiration)
            return false;
        PartitionState partition = state.OpenPartition(sector.Cadence, MostInPartition, (int)parameters.Deadlines, Slot);
        Settle(provider, partition);
        sector.Stage = Stage.Live;
        sector.Activation = Slot;
        sector.Partition = partition;
        partition.Sectors.Add(sector);
        return true;
    }

    public bool Prove(int provider, int index)
    {
        ProviderState state = _providers[provider];
        if (index >= state.Partitions.Count)
            return false;
        PartitionState partition = state.Partitions[index];
        if (OpenWindow(state, partition) is not { } opens || partition.Proven.Contains(opens))
            return false;
        Settle(provider, partition);
        SectorState[] shown = Shown(partition, opens);
        if (shown.Length == 0)
            return false;
        foreach (SectorState sector in shown)
            (sector.IsFaulty, sector.IsRecovering, sector.Age) = (false, false, 0);
        _ = partition.Proven.Add(opens);
        partition.ProvenSlot = Slot;
        return true;
    }

    /// <summary>What must be proven of a partition whose window opens, or has opened, at a slot.</summary>
    public SectorState[] Shown(PartitionState partition, ulong opens) =>
        [.. partition.Sectors.Where(sector => IsDue(sector, opens) && (!sector.IsFaulty || (sector.IsRecovering && !partition.Proven.Contains(opens))))];

    public bool Update(int provider, ulong number)
    {
        if (Find(provider, number) is not { IsFaulty: false, HasData: false } sector)
            return false;
        return sector.HasData = true;
    }

    public bool DeclareFault(int provider, ulong number)
    {
        if (Find(provider, number) is not { IsFaulty: false } sector || sector.Partition!.ProvenSlot == Slot)
            return false;
        ProviderState state = _providers[provider];
        PartitionState partition = sector.Partition!;
        sector.IsFaulty = true;
        ulong next = NextOpening(state, partition);
        if (Slot + parameters.ChallengeLookback >= next && IsDue(sector, next) && !partition.Proven.Contains(next))
            Charge(provider, (FoundFaultFees - 1) * SectorFee / (ulong)partition.Cadence, false);
        return true;
    }

    public bool DeclareRecovery(int provider, ulong number) =>
        Find(provider, number) is { IsFaulty: true, IsRecovering: false } sector && (sector.IsRecovering = true);

    public bool Terminate(int provider, ulong number)
    {
        if (Find(provider, number) is not { } sector)
            return false;
        End(_providers[provider], sector);
        Charge(provider, TerminationFees * SectorFee, false);
        return true;
    }

    public bool Expire(int provider, ulong number)
    {
        ProviderState state = _providers[provider];
        if (!state.Sectors.TryGetValue(number, out SectorState? sector) || sector.Stage == Stage.Ended)
            return false;
        ulong from = sector.Stage == Stage.PreCommitted ? Math.Min(sector.Expiration, sector.PreCommit + parameters.PrecommitDelay + SealMaxWait + 1) : sector.Expiration;
        if (Slot < from || (sector.Stage == Stage.Live && Find(provider, number) is null))
            return false;
        End(state, sector);
        return true;
    }

    public bool Extend(int provider, ulong number, ulong expiration)
    {
        if (Find(provider, number) is not { IsFaulty: false } sector || expiration <= sector.Expiration || expiration > Slot + MaxLifetimePeriods * parameters.ProvingPeriod)
            return false;
        sector.Expiration = expiration;
        return true;
    }

    /// <summary>The end of a block: everybody's windows that have passed are closed. Returns what is owed.</summary>
    public Dictionary<int, (ulong Gwei, bool Terminates)> End()
    {
        foreach ((int provider, ProviderState state) in _providers)
            state.Partitions.ForEach(partition => Settle(provider, partition));
        Dictionary<int, (ulong Gwei, bool Terminates)> owed = new(_debts);
        _debts.Clear();
        return owed;
    }

    /// <summary>A live sector, with its partition up to date; null when it has ended, or ends now.</summary>
    private SectorState? Find(int provider, ulong number)
    {
        if (!_providers[provider].Sectors.TryGetValue(number, out SectorState? sector) || sector.Stage != Stage.Live)
            return null;
        Settle(provider, sector.Partition!);
        return sector.Stage == Stage.Live ? sector : null;
    }

    private bool IsDue(SectorState sector, ulong opens) => sector.Stage == Stage.Live && sector.Activation + parameters.ChallengeLookback < opens;

    /// <summary>All openings of a partition up to a slot and the next one after it.</summary>
    private IEnumerable<ulong> Openings(ProviderState state, PartitionState partition)
    {
        ulong step = Length * (parameters.Deadlines / (ulong)partition.Cadence);
        for (ulong opens = state.Offset + (ulong)partition.FirstDeadline * Length; ; opens += step)
            yield return opens;
    }

    private ulong NextOpening(ProviderState state, PartitionState partition) => Openings(state, partition).First(opens => opens + Length > Slot);

    private ulong? OpenWindow(ProviderState state, PartitionState partition) => NextOpening(state, partition) is var opens && opens <= Slot ? opens : null;

    private void Settle(int provider, PartitionState partition)
    {
        ProviderState state = _providers[provider];
        int window = -1;
        foreach (ulong opens in Openings(state, partition).TakeWhile(opens => opens + Length <= Slot))
        {
            window++;
            if (opens + Length > partition.SettledSlot)
                Close(provider, partition, opens, (window + 1) % partition.Cadence == 0);
        }
        partition.SettledSlot = Slot;
    }

    private void Close(int provider, PartitionState partition, ulong opens, bool endsPeriod)
    {
        ProviderState state = _providers[provider];
        SectorState[] before = [.. partition.Sectors.Where(sector => sector.Stage == Stage.Live && sector.IsFaulty)];
        SectorState[] ended = [.. before.Where(sector => endsPeriod && (ulong)++sector.Age == parameters.FaultMaxAge)];
        foreach (SectorState sector in ended)
            End(state, sector);
        SectorState[] found = [];
        if (!partition.Proven.Contains(opens))
        {
            found = [.. partition.Sectors.Where(sector => IsDue(sector, opens) && !sector.IsFaulty)];
            foreach (SectorState sector in partition.Sectors)
                sector.IsRecovering = false;
            foreach (SectorState sector in found)
                (sector.IsFaulty, sector.Age) = (true, 0);
        }
        ulong fees = ((ulong)before.Length + FoundFaultFees * (ulong)found.Length) * SectorFee / (ulong)partition.Cadence;
        Charge(provider, fees + (ulong)ended.Length * TerminationFees * SectorFee, ended.Length > 0 && state.Live == 0);
    }

    private void Charge(int provider, ulong gwei, bool terminates)
    {
        if (gwei == 0)
            return;
        (ulong owed, bool leaves) = _debts.GetValueOrDefault(provider);
        _debts[provider] = (owed + gwei, leaves || terminates);
    }

    private static void End(ProviderState state, SectorState sector)
    {
        (sector.Stage, sector.IsFaulty, sector.IsRecovering) = (Stage.Ended, false, false);
        state.Committed--;
    }

    public enum Stage
    {
        PreCommitted,
        Live,
        Ended,
    }

    public sealed class SectorState
    {
        public required ulong Number { get; init; }

        public required int Cadence { get; init; }

        public required ulong PreCommit { get; init; }

        public required ulong Expiration { get; set; }

        public Stage Stage { get; set; }

        public ulong Activation { get; set; }

        public PartitionState? Partition { get; set; }

        public bool IsFaulty { get; set; }

        public bool IsRecovering { get; set; }

        public bool HasData { get; set; }

        public int Age { get; set; }
    }

    public sealed record PartitionState(int Cadence, int FirstDeadline)
    {
        public List<SectorState> Sectors { get; } = [];

        public HashSet<ulong> Proven { get; } = [];

        public ulong SettledSlot { get; set; }

        public ulong ProvenSlot { get; set; }

        public int Count(Func<SectorState, bool> condition) => Sectors.Count(sector => sector.Stage == Stage.Live && condition(sector));
    }

    public sealed class ProviderState(ulong offset, ulong effectiveGwei)
    {
        public ulong Offset => offset;

        public ulong EffectiveGwei { get; set; } = effectiveGwei;

        public ulong Committed { get; set; }

        public int Live => Sectors.Values.Count(sector => sector.Stage == Stage.Live);

        public Dictionary<ulong, SectorState> Sectors { get; } = [];

        public List<PartitionState> Partitions { get; } = [];

        public PartitionState OpenPartition(int cadence, int most, int deadlines, ulong slot)
        {
            PartitionState[] same = [.. Partitions.Where(partition => partition.Cadence == cadence)];
            if (same.Length > 0 && same[^1].Sectors.Count < most)
                return same[^1];
            PartitionState added = new(cadence, same.Length % (deadlines / cadence)) { SettledSlot = slot };
            Partitions.Add(added);
            return added;
        }
    }
}
