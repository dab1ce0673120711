namespace Flashback.Provider;

/// <summary>A line of the table: in this state this step is next, which leads there.</summary>
/// <param name="State">The state.</param>
/// <param name="Step">What is done in it.</param>
/// <param name="Next">Where it leads.</param>
/// <param name="Stale">Where the work goes back to when what it rests on has changed: a reorganisation, a ticket that grew old.</param>
public readonly record struct WorkTransition(WorkState State, WorkStep Step, WorkState Next, WorkState Stale);

/// <summary>The life of a sector, of a window, of a deal, of a request and of receipts as a table: pure, without disks or chain.</summary>
/// <remarks>
/// <code>
/// Accepted → Ticketed → Sealed → Announced → Seeded → Witnessed → Compressed → Activated → Kept … Ended → Removed
///    ▲           ▲         ▲         ▲                                │
///    └───────────┴─────────┴─────────┴── stale ───────────────────────┘
/// Kept → UpdateOrdered → UpdateMade → UpdateCompressed → UpdateClaimed → UpdateKept … Ended
///  ▲           │ ▲            │               ▲               │
///  └── stale ──┘ └── stale ───┘               └──── stale ────┘
/// WindowExpected → WindowDue → WindowProven → WindowClaimed → WindowShown … WindowClosed
///                     ▲             │
///                     └── stale ────┘
/// DealSeen → DealRegistered → DealRunning → DealStored → DealPacked → DealActive → DealOver → DealCleared
///     ▲             ▲              ▲             ▲            ▲            │
///     └─────────────┴──────────────┴─────────────┴────────────┴── stale ───┤
///                                                          DealCold ←──────┘ the readable copy is lost: back again when it is made
/// RequestSeen → RequestAnswered … RequestClosed
/// BatchReady → BatchSubmitted → BatchProven … BatchClosed
///     ▲──── stale ────┘
/// </code>
/// A sector is kept with its pieces, or empty until some come by an update. A step that fails leaves its state as it is: it is done again. What the chain decides (<see cref="WorkState.Ended"/>, <see cref="WorkState.WindowClosed"/>, <see cref="WorkState.DealOver"/>) comes from any state.
/// </remarks>
public static class WorkTable
{
    private static readonly WorkTransition[] Lines =
    [
        new(WorkState.Accepted, WorkStep.DrawTicket, WorkState.Ticketed, WorkState.Accepted),
        new(WorkState.Ticketed, WorkStep.Seal, WorkState.Sealed, WorkState.Accepted),
        new(WorkState.Sealed, WorkStep.Announce, WorkState.Announced, WorkState.Accepted), // stale: the ticket is too old, or another after a reorganisation
        new(WorkState.Announced, WorkStep.AwaitSeed, WorkState.Seeded, WorkState.Sealed), // stale: the pre-commit left the chain
        new(WorkState.Seeded, WorkStep.Witness, WorkState.Witnessed, WorkState.Announced),
        new(WorkState.Witnessed, WorkStep.Compress, WorkState.Compressed, WorkState.Announced),
        new(WorkState.Compressed, WorkStep.Claim, WorkState.Activated, WorkState.Announced), // stale: the seed is another after a reorganisation
        new(WorkState.Activated, WorkStep.Trim, WorkState.Kept, WorkState.Compressed), // stale: the claim left the chain
        new(WorkState.UpdateOrdered, WorkStep.Update, WorkState.UpdateMade, WorkState.Kept), // stale: a piece is lost: it stays empty, and the others are packed again
        new(WorkState.UpdateMade, WorkStep.CompressUpdate, WorkState.UpdateCompressed, WorkState.UpdateOrdered),
        new(WorkState.UpdateCompressed, WorkStep.ClaimUpdate, WorkState.UpdateClaimed, WorkState.UpdateOrdered),
        new(WorkState.UpdateClaimed, WorkStep.TrimUpdate, WorkState.UpdateKept, WorkState.UpdateCompressed), // stale: the claim left the chain
        new(WorkState.Ended, WorkStep.Remove, WorkState.Removed, WorkState.Ended),
        new(WorkState.WindowExpected, WorkStep.CheckHealth, WorkState.WindowDue, WorkState.WindowExpected),
        new(WorkState.WindowDue, WorkStep.ProveWindow, WorkState.WindowProven, WorkState.WindowDue),
        new(WorkState.WindowProven, WorkStep.Claim, WorkState.WindowClaimed, WorkState.WindowDue), // stale: other sectors are due, or another challenge
        new(WorkState.WindowClaimed, WorkStep.ShowHot, WorkState.WindowShown, WorkState.WindowProven), // stale: its claim left the chain
        new(WorkState.DealSeen, WorkStep.Register, WorkState.DealRegistered, WorkState.DealSeen),
        new(WorkState.DealRegistered, WorkStep.AwaitStart, WorkState.DealRunning, WorkState.DealSeen), // stale: the registration left the chain
        new(WorkState.DealRunning, WorkStep.AwaitPiece, WorkState.DealStored, WorkState.DealRegistered), // stale: its start left the chain
        new(WorkState.DealStored, WorkStep.Pack, WorkState.DealPacked, WorkState.DealRunning), // stale: the piece is not on the disk any more
        new(WorkState.DealPacked, WorkStep.Activate, WorkState.DealActive, WorkState.DealStored), // stale: the sector that was to hold it never will
        new(WorkState.DealCold, WorkStep.Unseal, WorkState.DealActive, WorkState.DealPacked), // stale: the deal is over, as the step from there finds
        new(WorkState.DealActive, WorkStep.Settle, WorkState.DealOver, WorkState.DealPacked), // stale: the activation left the chain
        new(WorkState.DealOver, WorkStep.Clear, WorkState.DealCleared, WorkState.DealOver),
        new(WorkState.RequestSeen, WorkStep.AnswerRequest, WorkState.RequestAnswered, WorkState.RequestSeen),
        new(WorkState.BatchReady, WorkStep.SubmitReceipts, WorkState.BatchSubmitted, WorkState.BatchReady),
        new(WorkState.BatchSubmitted, WorkStep.ClaimReceipts, WorkState.BatchProven, WorkState.BatchReady), // stale: the submission left the chain
    ];

    /// <summary>All lines.</summary>
    public static IReadOnlyList<WorkTransition> All => Lines;

    /// <summary>What is to be done in a state; null where there is nothing to do.</summary>
    public static WorkTransition? Of(WorkState state)
    {
        foreach (WorkTransition line in Lines)
        {
            if (line.State == state)
                return line;
        }
        return null;
    }

    /// <summary>The state after a step.</summary>
    public static WorkState After(in WorkTransition line, StepResult result) => result switch
    {
        StepResult.Done => line.Next,
        StepResult.Stale => line.Stale,
        StepResult.Over => EndOf(KindOf(line.State)),
        _ => line.State,
    };

    /// <summary>What a state is one of.</summary>
    public static WorkKind KindOf(WorkState state) => state switch
    {
        >= WorkState.BatchReady => WorkKind.Batch,
        >= WorkState.RequestSeen => WorkKind.Request,
        >= WorkState.DealSeen => WorkKind.Deal,
        >= WorkState.WindowExpected => WorkKind.Window,
        _ => WorkKind.Sector,
    };

    private static WorkState EndOf(WorkKind kind) => kind switch
    {
        WorkKind.Batch => WorkState.BatchClosed,
        WorkKind.Request => WorkState.RequestClosed,
        WorkKind.Deal => WorkState.DealOver,
        WorkKind.Window => WorkState.WindowClosed,
        _ => WorkState.Ended,
    };
}
