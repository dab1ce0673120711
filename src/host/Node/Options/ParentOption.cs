using System.CommandLine;

namespace Flashback.Node;

/// <summary>The option of verbs that another program starts beside itself: they end with it, however it ends.</summary>
internal static class ParentOption
{
    /// <summary>How it is asked for.</summary>
    public const string Name = "--with-parent";

    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(2);

    public static Option<bool> Create() => new(Name) { Description = "Ends when standard input ends: for a program that starts this one." };

    /// <summary>Cancelled with <paramref name="stop"/>; and when standard input ends, where that is asked for.</summary>
    public static CancellationToken Until(bool isAsked, CancellationToken stop)
    {
        if (!isAsked)
            return stop;
        CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stop); // as long as the program lives
        _ = EndAsync(ending);
        return ending.Token;
    }

    private static async Task EndAsync(CancellationTokenSource ending)
    {
        using Stream input = Console.OpenStandardInput();
        await input.CopyToAsync(Stream.Null).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.Delay(EndPatience).ConfigureAwait(false);
        Environment.Exit(0); // a proof that is being made takes minutes
    }
}
