using System.Diagnostics;
using Flashback.Client;
using Flashback.Primitives;

namespace Flashback.Gateway.Market;

/// <summary>A deal that reads from a provider count for. Times are slots.</summary>
/// <param name="Number">The deal's number.</param>
/// <param name="Contract">The deal's contract.</param>
/// <param name="Operator">Whose signature is the provider's.</param>
/// <param name="Region">Where speed is measured.</param>
/// <param name="Start">Since when it is read.</param>
/// <param name="End">The deal's end.</param>
/// <param name="Length">Bytes of the piece as its owner has it.</param>
internal sealed record ReadTerms(ulong Number, Address Contract, Address Operator, ushort Region, ulong Start, ulong End, long Length);

/// <summary>A read that was signed for: it has its lane for itself until it is settled or given up.</summary>
internal sealed record SignedRead(ReadLane Lane, ReadRequest Request, string Header, Hash32 Hash);

/// <summary>How long a read took, as it was measured here.</summary>
internal readonly record struct ReadTimes(TimeSpan ToFirst, TimeSpan ToLast);

/// <summary>The deliveries of one provider in one deal: they are numbered without a gap, so that one goes after the other.</summary>
/// <remarks>Whoever has entered is the only one that changes it.</remarks>
/// <param name="terms">The deal.</param>
/// <param name="provider">Who delivers.</param>
/// <param name="last">The last delivery that was signed here; null before the first.</param>
internal sealed class ReadLane(ReadTerms terms, ulong provider, KeptReceipt? last)
{
    private const ulong MostDeliveries = 1_024; // MAX_SAMPLES of the contract

    private const int MostRepeats = 3; // a signature may be lost on the way, but not again and again

    private int _isTaken;
    private int _repeats;

    public ReadTerms Terms => terms;

    public ulong Provider => provider;

    /// <summary>The last delivery that was signed here.</summary>
    public KeptReceipt? Last { get; private set; } = last;

    /// <summary>The number of the next one.</summary>
    public ulong Next { get; private set; } = (last?.Number ?? 0) + 1;

    /// <summary>Whether the provider may not have the last signature.</summary>
    public bool IsOpen { get; set; } = last is not null;

    /// <summary>Whether the provider counts in another way than we do: nothing is signed for it any more.</summary>
    public bool IsGivenUp { get; private set; }

    public bool TryEnter() => Interlocked.CompareExchange(ref _isTaken, 1, 0) == 0;

    public void Leave()
    {
        Debug.Assert(_isTaken == 1, "who leaves has entered");
        Volatile.Write(ref _isTaken, 0);
    }

    /// <summary>Whether one more may be signed for by now: some at once, and the rest spread over the deal's time, so that none of it goes unmeasured.</summary>
    /// <param name="slot">Now.</param>
    /// <param name="burst">How many at once.</param>
    /// <param name="most">How many in all.</param>
    public bool MayCount(ulong slot, ulong burst, ulong most)
    {
        ulong whole = Math.Max(1, terms.End - Math.Min(terms.End, terms.Start)), passed = Math.Min(whole, slot - Math.Min(slot, terms.Start));
        return !IsGivenUp && slot < terms.End && Next <= Math.Min(MostDeliveries, burst + (ulong)((UInt128)(most - burst) * passed / whole));
    }

    /// <summary>A delivery is signed: its number is used.</summary>
    public void Sign(KeptReceipt receipt) => (Last, Next, IsOpen, _repeats) = (receipt, receipt.Number + 1, true, 0);

    /// <summary>The provider says which number is next.</summary>
    public void Resume(ulong next)
    {
        if (Last is null)
            Next = next; // the index was lost, or another gateway of this wallet has read
        else if (next == Last.Number && ++_repeats <= MostRepeats)
            IsOpen = true;
        else if (next != Next)
            IsGivenUp = true;
    }

    /// <summary>The provider does not take the signature that it needs for the next one.</summary>
    public void GiveUp() => IsGivenUp = true;
}
