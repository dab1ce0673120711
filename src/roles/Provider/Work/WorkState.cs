namespace Flashback.Provider;

/// <summary>Where a piece of work stands: how far a sector is sealed, how far a window is proven. What went wrong on the way is no state but an attribute of the item.</summary>
public enum WorkState
{
    /// <summary>A sector that is to be: it has a number.</summary>
    Accepted,

    /// <summary>Its ticket is drawn.</summary>
    Ticketed,

    /// <summary>Its replica is on the disk.</summary>
    Sealed,

    /// <summary>Its pre-commit is on the chain.</summary>
    Announced,

    /// <summary>Its seed is known.</summary>
    Seeded,

    /// <summary>Its vanilla seal proof is on the disk.</summary>
    Witnessed,

    /// <summary>Its seal proof is compressed, as it goes on the chain.</summary>
    Compressed,

    /// <summary>Its seal claim is on the chain: it is to be proven from now on.</summary>
    Activated,

    /// <summary>What can be made again from the replica is gone.</summary>
    Kept,

    /// <summary>An empty live sector that pieces are to be put into by an update.</summary>
    UpdateOrdered,

    /// <summary>Its new replica is on the disk beside the old one, which the chain still wants proven.</summary>
    UpdateMade,

    /// <summary>Its update's proof is compressed, as it goes on the chain.</summary>
    UpdateCompressed,

    /// <summary>Its update claim is on the chain: the new replica is to be proven from now on.</summary>
    UpdateClaimed,

    /// <summary>Its old replica is gone.</summary>
    UpdateKept,

    /// <summary>The chain does not want it proven any more.</summary>
    Ended,

    /// <summary>Its files are gone.</summary>
    Removed,

    /// <summary>A window whose sectors are to be read before its challenge is known.</summary>
    WindowExpected,

    /// <summary>A window whose challenge is to be proven.</summary>
    WindowDue,

    /// <summary>A window whose proof is ready, and waits for a head that it can be claimed on.</summary>
    WindowProven,

    /// <summary>A window whose claim is on the chain.</summary>
    WindowClaimed,

    /// <summary>A window in which all deals that it counts for were shown too.</summary>
    WindowShown,

    /// <summary>A window that is closed.</summary>
    WindowClosed,

    /// <summary>A deal that the policy takes.</summary>
    DealSeen,

    /// <summary>A deal that the provider has registered in.</summary>
    DealRegistered,

    /// <summary>A deal that runs: its piece is awaited.</summary>
    DealRunning,

    /// <summary>A deal whose piece is on the disk.</summary>
    DealStored,

    /// <summary>A deal whose piece has its place in a sector that is being sealed.</summary>
    DealPacked,

    /// <summary>An active deal whose readable copy is to be made again from the replica.</summary>
    DealCold,

    /// <summary>A deal whose piece was shown to be in a live sector: it is kept until the deal ends.</summary>
    DealActive,

    /// <summary>A deal that is settled, or that the provider takes no part in any more.</summary>
    DealOver,

    /// <summary>A deal of which nothing is left on the disk.</summary>
    DealCleared,

    /// <summary>A request for data that waits for its answer.</summary>
    RequestSeen,

    /// <summary>A request whose answer is on the chain.</summary>
    RequestAnswered,

    /// <summary>A request that does not concern the provider, or is too late.</summary>
    RequestClosed,

    /// <summary>Receipts that are to be submitted.</summary>
    BatchReady,

    /// <summary>Receipts that are fixed on the chain.</summary>
    BatchSubmitted,

    /// <summary>Receipts whose claim is on the chain: they count.</summary>
    BatchProven,

    /// <summary>Receipts that are not wanted any more.</summary>
    BatchClosed,
}

/// <summary>What is done to take work from one state to the next.</summary>
public enum WorkStep
{
    /// <summary>Asks the chain for a ticket.</summary>
    DrawTicket,

    /// <summary>PreCommit1 and PreCommit2.</summary>
    Seal,

    /// <summary>Pre-commits.</summary>
    Announce,

    /// <summary>Waits for the seed.</summary>
    AwaitSeed,

    /// <summary>Commit1: reads the vanilla proof.</summary>
    Witness,

    /// <summary>Commit2: compresses it.</summary>
    Compress,

    /// <summary>Claims in a blob, seals and windows together.</summary>
    Claim,

    /// <summary>Removes what can be made again.</summary>
    Trim,

    /// <summary>Makes the new replica of an update.</summary>
    Update,

    /// <summary>Compresses an update's proof.</summary>
    CompressUpdate,

    /// <summary>Claims an update.</summary>
    ClaimUpdate,

    /// <summary>Removes the replica of before an update.</summary>
    TrimUpdate,

    /// <summary>Removes a sector that has ended.</summary>
    Remove,

    /// <summary>Reads leaves of every sector before the challenge is known, and declares those faulty that cannot be read.</summary>
    CheckHealth,

    /// <summary>Proves a window.</summary>
    ProveWindow,

    /// <summary>Registers in a deal.</summary>
    Register,

    /// <summary>Waits until a deal runs.</summary>
    AwaitStart,

    /// <summary>Waits for a deal's piece.</summary>
    AwaitPiece,

    /// <summary>Gives pieces their places in a sector, many together.</summary>
    Pack,

    /// <summary>Waits until the sector is live, and shows that the piece is in it.</summary>
    Activate,

    /// <summary>Waits for a deal's end, and settles it.</summary>
    Settle,

    /// <summary>Removes a deal's piece.</summary>
    Clear,

    /// <summary>Claims, while the window is open, what its claim did not show of deals.</summary>
    ShowHot,

    /// <summary>Makes a readable copy again from the replica.</summary>
    Unseal,

    /// <summary>Answers a request on chain.</summary>
    AnswerRequest,

    /// <summary>Fixes receipts on the chain.</summary>
    SubmitReceipts,

    /// <summary>Claims receipts, the deliveries themselves in a blob.</summary>
    ClaimReceipts,
}
