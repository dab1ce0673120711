using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>A sector that is about to be sealed. spec: contracts/src/Sectors.sol</summary>
/// <param name="Number">Its number.</param>
/// <param name="CommR">The replica.</param>
/// <param name="CommD">The data in it.</param>
/// <param name="SealSlot">Its ticket's slot.</param>
/// <param name="Expiration">Slot from which on it need not be kept.</param>
/// <param name="Cadence">Proofs in a proving period.</param>
public sealed record SectorPreCommit(ulong Number, Hash32 CommR, Hash32 CommD, ulong SealSlot, ulong Expiration, ulong Cadence)
{
    internal AbiTuple ToAbi() => new AbiTuple().Add(Number).Add(CommR).Add(CommD).Add(SealSlot).Add(Expiration).Add(Cadence);
}

/// <summary>What a claim says. spec: ours#4</summary>
public enum SectorClaimKind
{
    /// <summary>A sector's replica holds its data.</summary>
    Seal = 0,

    /// <summary>A sector's new replica holds new data.</summary>
    Update = 1,

    /// <summary>The sectors of a partition are held at a challenge.</summary>
    Window = 2,

    /// <summary>A deal's piece is at hand, unsealed.</summary>
    Hot = 3,

    /// <summary>Deliveries of a deal were signed by the other side.</summary>
    Receipt = 4,
}

/// <summary>"The proof bytes at this place in this blob prove this statement". spec: ours#4</summary>
/// <param name="Kind">Which statement.</param>
/// <param name="Provider">Whose.</param>
/// <param name="Subject">A sector's number; of a window, the partition's; of a deal, see <see cref="MarketContract.SubjectOf"/>.</param>
public sealed record SectorClaim(SectorClaimKind Kind, ulong Provider, ulong Subject)
{
    private static readonly Hash32 TypeHash = Abi.Topic("Claim(uint8 kind,uint64 provider,uint64 subject,bytes32 commR,bytes32 commD,uint64 validUntil)");

    /// <summary>Of an update, the new replica; else zeros.</summary>
    public Hash32 CommR { get; init; }

    /// <summary>Of an update, the new data; else zeros.</summary>
    public Hash32 CommD { get; init; }

    /// <summary>Which of the transaction's blobs holds the proof.</summary>
    public int Blob { get; init; }

    /// <summary>Where the proof begins in it, in bytes of data.</summary>
    public int Offset { get; init; }

    /// <summary>The last slot in which the signature counts.</summary>
    public ulong ValidUntil { get; init; }

    /// <summary>r, s, v of the operator: 65 bytes; none when the operator sends the claim itself.</summary>
    public ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>The claim with the operator's signature, for somebody else to send. spec: EIP-712</summary>
    public SectorClaim Sign(ulong chainId, ulong validUntil, Secp256k1SecretKey key)
    {
        SectorClaim valid = this with { ValidUntil = validUntil };
        TypedDomain domain = new("Flashback Sectors", "1", chainId, StorageContracts.Sectors);
        Hash32 statement = TypedDomain.HashOf(TypeHash, new AbiTuple().Add((ulong)Kind).Add(Provider).Add(Subject).Add(CommR).Add(CommD).Add(validUntil));
        byte[] signature = new byte[SignatureBytes.Size];
        SignatureBytes.Write(Secp256k1.Sign(domain.Digest(statement), key), signature);
        return valid with { Signature = signature };
    }

    internal AbiTuple ToAbi() => new AbiTuple().Add((ulong)Kind).Add(Provider).Add(Subject).Add(CommR).Add(CommD).Add((ulong)Blob).Add((ulong)Offset).Add(ValidUntil).AddBytes(Signature.Span);
}

/// <summary>What a window's proof must show. spec: ours#4</summary>
/// <param name="Challenge">Randomness, a field element.</param>
/// <param name="Sectors">The numbers of the sectors, in the order of the proof.</param>
/// <param name="CommRs">Their replicas.</param>
public sealed record WindowInputs(Hash32 Challenge, IReadOnlyList<ulong> Sectors, IReadOnlyList<Hash32> CommRs);

/// <summary>What a seal's proof must show. spec: ours#4</summary>
/// <param name="ProverId">Who the replica is made for.</param>
/// <param name="Ticket">Randomness from before sealing.</param>
/// <param name="Seed">Randomness from after pre-commit.</param>
/// <param name="CommD">The data.</param>
/// <param name="CommR">The replica.</param>
public sealed record SealInputs(Hash32 ProverId, Hash32 Ticket, Hash32 Seed, Hash32 CommD, Hash32 CommR);

/// <summary>Calls and views of Sectors: what providers store, and when they prove it. spec: ours#3, ours#4</summary>
public static class SectorsContract
{
    private static readonly byte[] PreCommitSelector = Abi.Selector("preCommit(uint64,(uint64,bytes32,bytes32,uint40,uint40,uint8)[])");
    private static readonly byte[] ClaimSelector = Abi.Selector("claim((uint8,uint64,uint64,bytes32,bytes32,uint16,uint32,uint64,bytes)[])");
    private static readonly byte[] DeclareFaultsSelector = Abi.Selector("declareFaults(uint64,uint64[])");
    private static readonly byte[] DeclareRecoveriesSelector = Abi.Selector("declareRecoveries(uint64,uint64[])");
    private static readonly byte[] TerminateSelector = Abi.Selector("terminate(uint64,uint64[])");
    private static readonly byte[] ExpireSelector = Abi.Selector("expire(uint64,uint64[])");
    private static readonly byte[] ExtendSelector = Abi.Selector("extend(uint64,uint64[],uint40)");
    private static readonly byte[] SealInputsSelector = Abi.Selector("sealInputs(uint64,uint64)");
    private static readonly byte[] WindowInputsSelector = Abi.Selector("windowInputs(uint64,uint64)");
    private static readonly byte[] RandomnessSelector = Abi.Selector("randomness(uint256,bytes32,bytes)");
    private static readonly Hash32 TicketDomain = DomainOf("flashback/ticket"u8);
    private static readonly Hash32 WindowDomain = DomainOf("flashback/window"u8);

    /// <summary>The custom errors of the contract, by which a refusal is told to people.</summary>
    public static IReadOnlyList<string> Errors { get; } =
    [
        "AlreadyProven(uint256)", "ClaimFeeTooLow(uint256,uint256)", "CoverageExceeded(uint256,uint256)", "InvalidCadence(uint256)", "InvalidCommitment()",
        "InvalidExpiration(uint256,uint256,uint256)", "InvalidSignature()", "InvalidSystemCall()", "InvalidTicket(uint256,uint256)", "NotMarket(address)", "NotOperator(uint64,address)",
        "NotProviders(address)", "NothingToProve(uint256)", "OutsideBlob(uint256,uint256)", "ProvenInThisSlot(uint64)", "ProviderNotActive(uint64)", "RefundFailed()",
        "SealTooLate(uint256,uint256)", "SectorExists(uint64)", "SectorFaulty(uint64)", "SectorHasData(uint64)", "SectorHasDeals(uint64)", "SectorNotExpired(uint64,uint256)",
        "SectorNotFaulty(uint64)", "SectorNotLive(uint64)", "SectorNotPreCommitted(uint64)", "SectorNotUpdated(uint64)", "SeedNotReady(uint256,uint256)",
        "SignatureExpired(uint64,uint256)", "TooManyClaims(uint256)", "UnknownBlob(uint256)", "UnknownPartition(uint64)", "WindowNotOpen(uint256,uint256)",
    ];

    /// <summary>Announces sectors that are being sealed.</summary>
    public static TransactionDraft PreCommit(ulong provider, IReadOnlyList<SectorPreCommit> sectors) =>
        Draft($"pre-commit of {Named(sectors.Select(sector => sector.Number))}", PreCommitSelector, new AbiTuple().Add(provider).AddList(sectors.Select(sector => sector.ToAbi())));

    /// <summary>Claims that proofs are in the blobs that go with it.</summary>
    /// <param name="claims">The claims.</param>
    /// <param name="fee">Wei for each; what is too much comes back.</param>
    /// <param name="blobs">The blobs that they point to.</param>
    public static TransactionDraft Claim(IReadOnlyList<SectorClaim> claims, UInt256 fee, IReadOnlyList<ReadOnlyMemory<byte>> blobs) =>
        new($"claim of {string.Join(", ", claims.Select(claim => $"{claim.Kind} {claim.Subject}"))}", StorageContracts.Sectors, new AbiTuple().AddList(claims.Select(claim => claim.ToAbi())).EncodeCall(ClaimSelector), fee * (ulong)claims.Count)
        {
            Blobs = blobs,
        };

    /// <summary>Says that sectors cannot be proven for now.</summary>
    public static TransactionDraft DeclareFaults(ulong provider, IReadOnlyList<ulong> sectors) => OfSectors("faults of", DeclareFaultsSelector, provider, sectors);

    /// <summary>Says that faulty sectors will be proven again.</summary>
    public static TransactionDraft DeclareRecoveries(ulong provider, IReadOnlyList<ulong> sectors) => OfSectors("recoveries of", DeclareRecoveriesSelector, provider, sectors);

    /// <summary>Ends sectors before their time, for the termination fee.</summary>
    public static TransactionDraft Terminate(ulong provider, IReadOnlyList<ulong> sectors) => OfSectors("termination of", TerminateSelector, provider, sectors);

    /// <summary>Ends sectors whose time is over; anybody may.</summary>
    public static TransactionDraft Expire(ulong provider, IReadOnlyList<ulong> sectors) => OfSectors("expiry of", ExpireSelector, provider, sectors);

    /// <summary>Commits faultless sectors for longer.</summary>
    public static TransactionDraft Extend(ulong provider, IReadOnlyList<ulong> sectors, ulong expiration) =>
        Draft($"extension of {Named(sectors)}", ExtendSelector, new AbiTuple().Add(provider).AddList(sectors).Add(expiration));

    /// <summary>What a seal claim of a sector states; its seed must be there.</summary>
    public static async Task<SealInputs> GetSealInputsAsync(ExecutionClient node, ulong provider, ulong sector, CancellationToken cancellation)
    {
        AbiReader answer = new(await node.CallAsync(StorageContracts.Sectors, new AbiTuple().Add(provider).Add(sector).EncodeCall(SealInputsSelector), cancellation));
        return new SealInputs(answer[0], answer[1], answer[2], answer[3], answer[4]);
    }

    /// <summary>What a window claim of a partition states in the window that is open or comes next; its challenge must be there.</summary>
    public static async Task<WindowInputs> GetWindowInputsAsync(ExecutionClient node, ulong provider, ulong partition, CancellationToken cancellation)
    {
        AbiReader answer = new(await node.CallAsync(StorageContracts.Sectors, new AbiTuple().Add(provider).Add(partition).EncodeCall(WindowInputsSelector), cancellation));
        if (!answer.TryList(1, out int numbers, out int count) || !answer.TryList(2, out int commitments, out int committed) || committed != count)
            throw RpcJson.Nonsense("windowInputs", "has no two lists of one length");
        ulong[] sectors = new ulong[count];
        Hash32[] commRs = new Hash32[count];
        for (int i = 0; i < count; i++)
            (sectors[i], commRs[i]) = (answer.Number(numbers + i), answer[commitments + i]);
        return new WindowInputs(answer[0], sectors, commRs);
    }

    /// <summary>The ticket of a slot for a provider. The slot must have passed.</summary>
    public static Task<Hash32> GetTicketAsync(ExecutionClient node, ulong slot, Hash32 proverId, CancellationToken cancellation) => GetRandomnessAsync(node, slot, TicketDomain, proverId, cancellation);

    /// <summary>The challenge of a window, a field element. Its slot must have passed.</summary>
    public static async Task<Hash32> GetChallengeAsync(ExecutionClient node, ulong slot, Hash32 proverId, CancellationToken cancellation)
    {
        byte[] challenge = (await GetRandomnessAsync(node, slot, WindowDomain, proverId, cancellation)).AsSpan().ToArray();
        challenge[^1] &= 0x3f; // 254 bits, little-endian
        return Hash32.Read(challenge);
    }

    private static async Task<Hash32> GetRandomnessAsync(ExecutionClient node, ulong slot, Hash32 domain, Hash32 proverId, CancellationToken cancellation)
    {
        byte[] call = new AbiTuple().Add(slot).Add(domain).AddBytes(proverId.AsSpan()).EncodeCall(RandomnessSelector);
        return new AbiReader(await node.CallAsync(StorageContracts.Randomness, call, cancellation))[0];
    }

    private static Hash32 DomainOf(ReadOnlySpan<byte> name)
    {
        Span<byte> domain = stackalloc byte[32];
        domain.Clear();
        name.CopyTo(domain);
        return Hash32.Read(domain);
    }

    private static TransactionDraft OfSectors(string purpose, byte[] selector, ulong provider, IReadOnlyList<ulong> sectors) =>
        Draft($"{purpose} {Named(sectors)}", selector, new AbiTuple().Add(provider).AddList(sectors));

    private static TransactionDraft Draft(string purpose, byte[] selector, AbiTuple arguments) => new(purpose, StorageContracts.Sectors, arguments.EncodeCall(selector));

    private static string Named(IEnumerable<ulong> sectors) => "sector " + string.Join(", ", sectors);
}
