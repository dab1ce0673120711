using System.CommandLine;
using Flashback.Primitives;
using Flashback.Provider;

namespace Flashback.Node;

/// <summary>The options of <c>flashback provider</c> that say which deals it takes.</summary>
internal static class DealOptions
{
    private const ulong WeiPerGwei = 1_000_000_000;

    private static readonly DealPolicy Default = new();
    private static readonly Option<bool> Takes = new("--deals") { Description = "Takes deals that the options below and the ask on chain allow." };
    private static readonly Option<ulong?> Price = new("--deal-price") { Description = "What a GiB costs for a day, in Gwei; without it what the ask says." };
    private static readonly Option<ulong> Smallest = new("--deal-smallest") { Description = "Bytes of the smallest piece, padded.", DefaultValueFactory = _ => Default.SmallestPiece };
    private static readonly Option<ulong?> Largest = new("--deal-largest") { Description = "Bytes of the largest piece, padded; without it a sector." };
    private static readonly Option<TimeSpan?> Longest = new("--deal-longest") { Description = "How long a deal may run: 90d, say; without it as long as the ask says.", CustomParser = result => Durations.Parse(result) };
    private static readonly Option<string[]> Clients = Addresses("--deal-client", "Takes deals of this client, and of others named so, only.");
    private static readonly Option<string[]> Refused = Addresses("--deal-refuse", "Takes no deals of this client.");
    private static readonly Option<long> Waiting = new Option<long>("--deal-waiting") { Description = "Bytes of pieces that may wait to be in a live sector.", DefaultValueFactory = _ => Default.MostWaitingBytes }.Within(0, long.MaxValue);
    private static readonly Option<long> Hot = new Option<long>("--hot-bytes") { Description = "Bytes that readable copies of pieces may take in all; without it as many as the disk has.", DefaultValueFactory = _ => Default.MostHotBytes }.Within(0, long.MaxValue);
    private static readonly Option<ulong> Collateral = new("--deal-collateral")
    {
        Description = "Gwei that a deal may ask as collateral. It comes back to the owner, not to the operator.", DefaultValueFactory = _ => UInt256.Divide(Default.MostCollateral, WeiPerGwei).Low,
    };

    private static readonly Option<TimeSpan?> Wait = new("--packing-wait") { Description = "How long a piece waits for others to share a sector with; without it a twenty-fourth of a proving period.", CustomParser = result => Durations.Parse(result) };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Takes, Price, Smallest, Largest, Longest, Clients, Refused, Waiting, Hot, Collateral, Wait];

    /// <summary>The policy that a command line asks for.</summary>
    public static DealPolicy Policy(ParseResult parsed) => new()
    {
        Takes = parsed.GetValue(Takes),
        Price = parsed.GetValue(Price) is { } gwei ? (UInt256)gwei * WeiPerGwei : null,
        SmallestPiece = parsed.GetValue(Smallest),
        LargestPiece = parsed.GetValue(Largest) ?? Default.LargestPiece,
        LongestDuration = parsed.GetValue(Longest) ?? Default.LongestDuration,
        Allowed = AddressesOf(parsed, Clients),
        Refused = AddressesOf(parsed, Refused),
        MostWaitingBytes = parsed.GetValue(Waiting),
        MostHotBytes = parsed.GetValue(Hot),
        MostCollateral = (UInt256)parsed.GetValue(Collateral) * WeiPerGwei,
    };

    /// <summary>How long a piece waits for others; null where nothing is said.</summary>
    public static TimeSpan? Patience(ParseResult parsed) => parsed.GetValue(Wait);

    private static HashSet<Address> AddressesOf(ParseResult parsed, Option<string[]> option) => [.. (parsed.GetValue(option) ?? []).Select(text => FixedBytes.Parse<Address>(text))];

    private static Option<string[]> Addresses(string name, string description)
    {
        Option<string[]> option = new(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string[]>()?.FirstOrDefault(text => !FixedBytes.TryParse(text, out Address _)) is { } other)
                result.AddError($"{name} takes an address, not {other}.");
        });
        return option;
    }
}
