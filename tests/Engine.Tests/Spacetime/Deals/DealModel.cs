using System.Numerics;

namespace Flashback.Engine.Tests.Spacetime.Deals;

/// <summary>What a deal is told about sectors and windows, of which the model knows nothing itself.</summary>
internal interface IDealSurroundings
{
    ulong Slot { get; }

    ulong Period { get; }

    ulong Length { get; }

    ulong SecondsPerSlot { get; }

    void Pay(int? provider, BigInteger wei);

    void Burn(BigInteger wei);

    void Penalize(int provider, BigInteger wei);

    bool IsLive(int provider, ulong sector);

    void Release(int provider, ulong sector);
}

/// <summary>The slow twin of QonOptimizer: lists instead of counters, fractions instead of fixed points. A null provider is the client.</summary>
internal sealed class DealModel(Terms terms, IDealSurroundings around)
{
    private const int TimeOut = 60_000;

    public Phase Phase { get; private set; } = Phase.Registration;

    public List<ShareModel> Shares { get; } = [];

    public List<RequestModel> Requests { get; } = [];

    public ulong End { get; private set; } = terms.End;

    public (ulong End, BigInteger Paid, HashSet<int> Agreed)? Proposal { get; private set; }

    public Terms Terms => terms;

    /// <summary>What the contract must have.</summary>
    public BigInteger Held => Phase switch
    {
        Phase.Registration => (BigInteger)(ulong)terms.Providers * terms.Ceiling + Sum(Shares, share => share.Collateral),
        Phase.Running => Sum(Shares.Where(share => share.Standing != Standing.Out), share => share.Fee + share.Collateral) + (Proposal?.Paid ?? 0),
        _ => 0,
    };

    private bool IsRequestOpen => Requests.Count > 0 && around.Slot <= Requests[^1].Slot + around.Length;

    public ShareModel? Find(int provider) => Shares.Find(share => share.Provider == provider);

    public bool Register(int provider, ulong fee, ulong collateral)
    {
        bool isInvited = terms.Invited.Length == 0 || terms.Invited.Contains((ulong)provider);
        if (Phase != Phase.Registration || around.Slot >= terms.RegistrationEnd || Find(provider) is not null || !isInvited || fee > terms.Ceiling || collateral < terms.MinimumFee)
            return false;
        Shares.Add(new ShareModel { Provider = provider, Fee = fee, Collateral = collateral });
        if (Shares.Count == terms.Providers)
            Start();
        return true;
    }

    public bool TakeFewer()
    {
        if (Phase != Phase.Registration || around.Slot < terms.RegistrationEnd || around.Slot >= terms.ActivationEnd || Shares.Count == 0)
            return false;
        Start();
        return true;
    }

    public bool Cancel(bool byClient)
    {
        if (Phase != Phase.Registration || (!byClient && around.Slot < terms.ActivationEnd))
            return false;
        around.Pay(null, (BigInteger)(ulong)terms.Providers * terms.Ceiling);
        foreach (ShareModel share in Shares)
            around.Pay(share.Provider, share.Collateral);
        Shares.ForEach(share => share.Standing = Standing.Out);
        Phase = Phase.Cancelled;
        return true;
    }

    /// <param name="provider">Who.</param>
    /// <param name="sector">Holds the piece, at a place that is free.</param>
    /// <param name="isFaultless">Whether it is live and faultless.</param>
    /// <param name="expiration">The sector's.</param>
    /// <param name="nextOpening">Of the partition's next window whose challenge is still to come.</param>
    public bool Activate(int provider, ulong sector, bool isFaultless, ulong expiration, ulong nextOpening)
    {
        if (Phase != Phase.Running || around.Slot >= terms.ActivationEnd || Find(provider) is not { Standing: Standing.Selected } share || !isFaultless || expiration < End)
            return false;
        (share.Standing, share.Sector, share.FirstOpens, share.RequestsBefore) = (Standing.Active, sector, nextOpening, Requests.Count);
        return true;
    }

    public bool Request()
    {
        if (Phase != Phase.Running || around.Slot + around.Length >= End || IsRequestOpen || Requests.Count == 64)
            return false;
        Requests.Add(new RequestModel(around.Slot));
        return true;
    }

    public bool Answer(int provider, int item)
    {
        if (Phase != Phase.Running || Find(provider) is not { Standing: Standing.Active } share || item > Requests.Count || item <= share.RequestsBefore)
            return false;
        RequestModel request = Requests[item - 1];
        if (around.Slot > request.Slot + around.Length || request.Waited.ContainsKey(provider))
            return false;
        request.Waited[provider] = (int)Math.Min(TimeOut - 1, (around.Slot - request.Slot) * around.SecondsPerSlot * 1_000);
        return true;
    }

    /// <summary>A HOT claim of a window that is open and proven, of a faultless sector.</summary>
    public bool ShowWindow(int provider, ulong opens)
    {
        if (Phase != Phase.Running || Find(provider) is not { Standing: Standing.Active } share || opens < share.FirstOpens || opens + around.Length > End)
            return false;
        return share.Shown.Add(opens);
    }

    public bool Receive(int provider, int region, ulong first, int count, int msEach)
    {
        if (Phase != Phase.Running || around.Slot >= End || Find(provider) is not { Standing: Standing.Active } share)
            return false;
        List<int> samples = share.Samples[region];
        if (first != (ulong)samples.Count + 1 || samples.Count + count > 1_024)
            return false;
        samples.AddRange(Enumerable.Repeat(msEach, count));
        return true;
    }

    public bool Abandon(int provider)
    {
        if (Phase != Phase.Running || around.Slot >= End || Find(provider) is not { } share || share.Standing == Standing.Out)
            return false;
        Drop(share, isBroken: share.Standing == Standing.Active);
        return true;
    }

    public bool Prune()
    {
        if (Phase != Phase.Running)
            return false;
        foreach (ShareModel share in Shares)
        {
            if (share.Standing == Standing.Selected && around.Slot >= terms.ActivationEnd)
                Drop(share, isBroken: false);
            else if (share.Standing == Standing.Active && around.Slot < End && !around.IsLive(share.Provider, share.Sector))
                Drop(share, isBroken: true);
        }
        return true;
    }

    public bool Propose(ulong end, BigInteger wei)
    {
        ShareModel[] active = [.. Shares.Where(share => share.Standing == Standing.Active)];
        if (Phase != Phase.Running || around.Slot < terms.ActivationEnd || around.Slot >= End || Proposal is not null || end <= End || active.Length == 0 || wei < Sum(active, share => Added(share, end)))
            return false;
        Proposal = (end, wei, []);
        return true;
    }

    public bool WithdrawProposal()
    {
        if (Proposal is not { } proposal)
            return false;
        around.Pay(null, proposal.Paid);
        Proposal = null;
        return true;
    }

    public bool Accept(int provider, ulong expiration)
    {
        if (Phase != Phase.Running || around.Slot >= End || Proposal is not { } proposal || Find(provider) is not { Standing: Standing.Active } share || expiration < proposal.End || !around.IsLive(provider, share.Sector))
            return false;
        _ = Prune();
        _ = proposal.Agreed.Add(provider);
        ShareModel[] active = [.. Shares.Where(other => other.Standing == Standing.Active)];
        if (!active.All(other => proposal.Agreed.Contains(other.Provider)))
            return true;
        BigInteger[] added = [.. active.Select(other => Added(other, proposal.End))];
        for (int i = 0; i < active.Length; i++)
            active[i].Fee += added[i];
        around.Pay(null, proposal.Paid - Sum(added, wei => wei));
        (End, Proposal) = (proposal.End, null);
        return true;
    }

    public bool DeleteEarly()
    {
        if (Phase != Phase.Running || around.Slot >= End)
            return false;
        Judge(around.Slot);
        BigInteger passed = around.Slot > terms.ActivationEnd ? around.Slot - terms.ActivationEnd : 0;
        foreach (ShareModel share in Shares.Where(share => share.Standing != Standing.Out))
        {
            BigInteger sealing = share.Fee / 10, earned = sealing + (share.Fee - sealing) * passed / (End - terms.ActivationEnd);
            around.Pay(null, share.Fee - earned);
            Finish(share, earned);
        }
        Phase = Phase.Deleted;
        return true;
    }

    public bool Settle()
    {
        if (Phase != Phase.Running || around.Slot < End)
            return false;
        Judge(End);
        ShareModel[] left = [.. Shares.Where(share => share.Standing == Standing.Active)];
        BigInteger fees = Sum(left, share => share.Fee);
        ShareModel? winner = left.Length < 2 ? null : left.Where(IsRanked).OrderBy(TimeOf, Comparer<BigInteger>.Default).ThenBy(share => share.Fee).ThenBy(Shares.IndexOf).FirstOrDefault();
        foreach (ShareModel share in left)
        {
            BigInteger pay = share.Fee;
            if (winner is not null)
            {
                BigInteger first = winner.Fee + (fees - winner.Fee) / 2;
                pay = share == winner ? first : (fees - first) / 2 / (left.Length - 1);
            }
            share.Earned = pay;
        }
        around.Burn(fees - Sum(left, share => share.Earned));
        foreach (ShareModel share in left)
            Finish(share, share.Earned);
        Phase = Phase.Settled;
        return true;
    }

    private void Start()
    {
        around.Pay(null, (BigInteger)(ulong)terms.Providers * terms.Ceiling - Sum(Shares, share => share.Fee));
        Phase = Phase.Running;
    }

    private void Judge(ulong until)
    {
        _ = WithdrawProposal();
        _ = Prune();
        foreach (ShareModel share in Shares.Where(share => share.Standing == Standing.Active))
        {
            int due = 0;
            for (ulong opens = share.FirstOpens; opens + around.Length <= until; opens += around.Period)
                due++;
            if (Math.Max(0, due - share.Shown.Count) * 20 > due)
                Drop(share, isBroken: false);
        }
    }

    private bool IsRanked(ShareModel share) => share.Samples.Take(terms.Regions.Length).All(samples => Counted(share, samples).Count() >= 3 && samples.Count + Waits(share).Count(wait => wait < TimeOut) > 0);

    /// <summary>Averages of the regions, in whole microseconds, added up.</summary>
    private BigInteger TimeOf(ShareModel share) => Sum(share.Samples.Take(terms.Regions.Length), samples => (BigInteger)Counted(share, samples).Sum() * 1_000 / Counted(share, samples).Count());

    private IEnumerable<int> Counted(ShareModel share, List<int> samples) => samples.Concat(Waits(share));

    private IEnumerable<int> Waits(ShareModel share) => Requests.Skip(share.RequestsBefore).Select(request => request.Waited.GetValueOrDefault(share.Provider, TimeOut));

    private void Drop(ShareModel share, bool isBroken)
    {
        if (share.Standing == Standing.Active)
            around.Release(share.Provider, share.Sector);
        share.Standing = Standing.Out;
        around.Pay(null, share.Fee + share.Collateral);
        if (isBroken)
            around.Penalize(share.Provider, share.Fee);
    }

    private void Finish(ShareModel share, BigInteger wei)
    {
        if (share.Standing == Standing.Active)
            around.Release(share.Provider, share.Sector);
        share.Standing = Standing.Out;
        around.Pay(share.Provider, wei + share.Collateral);
    }

    private BigInteger Added(ShareModel share, ulong end) => share.Fee * (end - End) / (End - terms.ActivationEnd);

    private static BigInteger Sum<T>(IEnumerable<T> items, Func<T, BigInteger> number) => items.Aggregate(BigInteger.Zero, (sum, item) => sum + number(item));

    public sealed record RequestModel(ulong Slot)
    {
        public Dictionary<int, int> Waited { get; } = [];
    }

    public sealed class ShareModel
    {
        public required int Provider { get; init; }

        public required BigInteger Fee { get; set; }

        public required BigInteger Collateral { get; init; }

        public Standing Standing { get; set; } = Standing.Selected;

        public ulong Sector { get; set; }

        public ulong FirstOpens { get; set; }

        public int RequestsBefore { get; set; }

        public BigInteger Earned { get; set; }

        public HashSet<ulong> Shown { get; } = [];

        public List<int>[] Samples { get; } = [[], []];
    }
}
