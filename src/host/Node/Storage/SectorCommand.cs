using System.CommandLine;
using System.Diagnostics;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;

namespace Flashback.Node;

/// <summary><c>flashback sector …</c>: one sector's life by hand, as a provider's pipeline leads it by itself.</summary>
internal static class SectorCommand
{
    private static readonly Argument<string> Folder = new("DIR") { Description = "The sector's folder." };
    private static readonly Option<bool> Json = Answer.JsonOption();
    private static readonly Option<string> Size = SizeOption();
    private static readonly Option<string> Prover = ProverOption();
    private static readonly Option<ulong> Number = new("--number") { Description = "A new sector's number.", DefaultValueFactory = _ => 1 };
    private static readonly Option<bool> Snark = new("--snark") { Description = "Compresses the proof to 192 bytes a partition; a key that is missing is made first." };
    private static readonly Option<string> Cache = ParamsCommand.CacheOption();

    private static readonly Option<string> Parents = ParentsOption();

    public static Command Create() => new("sector", "Adds pieces to a sector, seals it, proves it, checks it, reads it back.")
    {
        Begin(), AddPiece(), Seal(), Unseal(), Prove(), Update(), Verify(),
    };

    public static Option<string> ParentsOption() => new("--parents")
    {
        Description = "Where tables of parents are kept; each is made once for a sector size.",
        DefaultValueFactory = _ => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "flashback", "parents"),
    };

    private static Command Begin()
    {
        Command command = new("create", "Begins a sector without pieces: sealed so, it is committed capacity, which an update puts data into later.") { Folder, Size, Prover, Number, Parents, Json };
        command.SetAction(parsed => Answer.Run(() =>
        {
            using Sector sector = NewSector(parsed, progress: null);
            Answer.Write(parsed.GetValue(Json), ("kind", sector.Record.Kind), ("prover", sector.Record.Prover), ("number", $"{sector.Record.Number}"), ("freeBytes", sector.Kind.Size.Unpadded.Bytes));
        }));
        return command;
    }

    private static Sector NewSector(ParseResult parsed, IProgress<SealProgress>? progress) => Sector.Create(
        parsed.GetRequiredValue(Folder), KindOf(parsed.GetRequiredValue(Size)), ProverOf(parsed), parsed.GetValue(Number), ParentsOf(parsed), progress);

    private static Hash32 ProverOf(ParseResult parsed) =>
        ProverIdText.TryParse(parsed.GetRequiredValue(Prover), out Hash32 prover) ? prover : throw new SectorException($"--provider takes {ProverIdText.Forms}");

    private static Option<string> ProverOption()
    {
        Option<string> prover = new("--provider") { Description = $"A new sector's provider: {ProverIdText.Forms}.", DefaultValueFactory = _ => "1000" };
        prover.Validators.Add(result =>
        {
            if (!ProverIdText.TryParse(result.GetValueOrDefault<string>() ?? "", out _))
                result.AddError($"--provider takes {ProverIdText.Forms}.");
        });
        return prover;
    }

    private static Option<string> SizeOption()
    {
        Option<string> size = new("--size") { Description = "A new sector's size: 2KiB, 8MiB, 512MiB, 32GiB or 64GiB; or devnet, 8 MiB with one challenge a seal.", DefaultValueFactory = _ => "2KiB" };
        size.AcceptOnlyFromAmong("2KiB", "8MiB", "512MiB", "32GiB", "64GiB", "devnet");
        return size;
    }

    private static Command AddPiece()
    {
        Argument<string> file = new("FILE") { Description = "The piece's bytes." };
        Command command = new("add-piece", "Adds a file to a sector; a folder that has no sector gets one.") { Folder, file, Size, Prover, Number, Parents, Json };
        command.SetAction(parsed => Answer.Run(() =>
        {
            string folder = parsed.GetRequiredValue(Folder);
            using FileStream payload = new(parsed.GetRequiredValue(file), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            ProgressDisplay.Run(unit: 1, progress =>
            {
                using Sector sector = IsSector(folder)
                    ? Open(parsed, progress)
                    : NewSector(parsed, progress);
                PieceRecord piece = sector.AddPiece(payload, payload.Length, CancellationToken.None);
                return (Action)(() => Answer.Write(
                    parsed.GetValue(Json), ("commP", piece.CommP), ("pieceCid", CommitmentCid.OfPiece(FixedBytes.Parse<Hash32>(piece.CommP))),
                    ("offset", piece.Offset), ("length", piece.Length), ("paddedSize", piece.PaddedSize), ("freeBytes", sector.Kind.Size.Unpadded.Bytes - sector.Written)));
            })();
        }));
        return command;
    }

    private static Command Seal()
    {
        Option<string> ticket = Randomness("--ticket", "The chain's randomness that the replica is made with.");
        Command command = new("seal", "Seals a sector: PreCommit1 and PreCommit2. Called again after an interruption, it goes on where it was.") { Folder, ticket, Parents, Json };
        command.SetAction(parsed => Answer.Run(() => WithSector(parsed, unit: 32, sector =>
        {
            long started = Stopwatch.GetTimestamp();
            SealCommitments commitments = sector.Seal(Node32(parsed.GetRequiredValue(ticket)), CancellationToken.None);
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            return () => Answer.Write(
                parsed.GetValue(Json), ("commD", sector.Record.CommD), ("commC", commitments.CommC), ("commRLast", commitments.CommRLast), ("commR", commitments.CommR),
                ("unsealedCid", CommitmentCid.OfPiece(FixedBytes.Parse<Hash32>(sector.Record.CommD))), ("sealedCid", CommitmentCid.OfReplica(commitments.CommR)),
                ("seconds", Math.Round(seconds, 3)));
        })));
        return command;
    }

    private static Command Unseal()
    {
        Argument<string> file = new("FILE") { Description = "Where the data goes." };
        Option<long> offset = new("--offset") { Description = "The first byte wanted.", DefaultValueFactory = _ => 0 };
        Option<long?> length = new("--length") { Description = "How many bytes; without it all that follow." };
        Command command = new("unseal", "Reads data back out of a sealed sector.") { Folder, file, offset, length, Parents, Json };
        command.SetAction(parsed => Answer.Run(() => WithSector(parsed, unit: 32, sector =>
        {
            long first = parsed.GetValue(offset), count = parsed.GetValue(length) ?? sector.Kind.Size.Unpadded.Bytes - first;
            long started = Stopwatch.GetTimestamp();
            string path = parsed.GetRequiredValue(file);
            using (FileStream output = new(path + ".part", FileMode.Create, FileAccess.Write))
                sector.Unseal(first, count, output, CancellationToken.None);
            File.Move(path + ".part", path, overwrite: true);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
            return () => Answer.Write(
                parsed.GetValue(Json), ("offset", first), ("length", count), ("seconds", Math.Round(elapsed.TotalSeconds, 3)),
                ("megabytesPerSecond", Math.Round(count / 1e6 / Math.Max(elapsed.TotalSeconds, 1e-6), 1)));
        })));
        return command;
    }

    private static Command Prove()
    {
        Option<string?> seed = new("--seed") { Description = "The chain's randomness for a seal proof, 32 bytes in hexadecimal." };
        Option<string?> post = new("--post") { Description = "The chain's randomness for a proof of spacetime, 32 bytes in hexadecimal, the top two bits clear." };
        Option<string> kind = new("--post-kind") { Description = "window or winning.", DefaultValueFactory = _ => "window" };
        kind.AcceptOnlyFromAmong("window", "winning");
        Option<bool> finish = new("--finish") { Description = "After a seal proof, removes layers, tree-C, tree-D and unsealed data." };
        Option<string[]> with = new("--with") { Description = "With --post: folders of the sectors that follow this one in its partition.", AllowMultipleArgumentsPerToken = true };
        Command command = new("prove", "Writes and checks the vanilla seal proof (--seed) or a vanilla proof of spacetime (--post); with --snark also the proof that goes on chain.")
        {
            Folder, seed, post, kind, with, finish, Snark, Cache, Parents, Json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(seed) is null == result.GetValue(post) is null)
                result.AddError("prove takes either --seed or --post.");
            if ((result.GetValue(seed) ?? result.GetValue(post)) is { } text && !FixedBytes.TryParse(text, out Hash32 _))
                result.AddError("--seed and --post take 32 bytes in hexadecimal.");
        });
        command.SetAction(parsed => Answer.Run(() => WithSector(parsed, unit: 32, sector => parsed.GetValue(seed) is { } text
            ? SealProof(parsed, sector, Node32(text), parsed.GetValue(finish))
            : PostProof(parsed, sector, Node32(parsed.GetValue(post)!), parsed.GetRequiredValue(kind), parsed.GetValue(with) ?? []))));
        return command;
    }

    private static Action SealProof(ParseResult parsed, Sector sector, Hash32 seed, bool finish)
    {
        SealStatement statement = sector.Prove(seed, CancellationToken.None);
        string? proof = Compress(parsed, sector, prover => prover.ProveSeal(sector, statement));
        if (finish)
            sector.Finish();
        return () => Answer.Write(
            parsed.GetValue(Json), ("replicaId", statement.ReplicaId), ("commD", statement.CommD), ("commR", statement.CommR), ("seed", seed),
            ("challenges", statement.Kind.Challenges.Total), ("valid", true), ("snark", proof));
    }

    private static Action PostProof(ParseResult parsed, Sector sector, Hash32 randomness, string kind, string[] others)
    {
        if (!Nodes.IsElement(randomness))
            throw new SectorException($"{randomness} is no field element: the top two bits of randomness are cleared before it is used");
        bool winning = kind == "winning";
        if (winning && others.Length > 0)
            throw new SectorException("a WinningPoSt proves one sector");
        List<PostVanillaProof> proofs = [sector.ProveSpacetime(winning ? PostKind.Winning : PostKind.Window, randomness)];
        foreach (string folder in others)
        {
            using Sector other = Sector.Open(folder, ParentsOf(parsed), progress: null);
            if (other.Kind.Size != sector.Kind.Size)
                throw new SectorException($"the sector in {folder} is of {other.Kind.Size}, not of {sector.Kind.Size}");
            proofs.Add(other.ProveSpacetime(PostKind.Window, randomness, proofs.Count));
        }
        string? snark = Compress(parsed, sector, prover => winning
            ? prover.ProveWinning(sector.Kind.Size, randomness, proofs[0])
            : prover.ProveWindow(sector.Kind.Size, randomness, proofs));
        return () => Answer.Write(
            parsed.GetValue(Json), ("commR", string.Join(' ', proofs.Select(proof => proof.Sector.CommR))), ("challenges", proofs.Sum(proof => proof.Paths.Length)), ("valid", true),
            ("proof", string.Join(' ', proofs.Select(proof => Convert.ToBase64String(PostVanillaCodec.Encode(proof, sector.Kind.Size))))),
            ("snark", snark));
    }

    private static Command Update()
    {
        Argument<string[]> files = new("FILE") { Description = "The pieces, in order. None: an update that was cut short is taken up.", Arity = ArgumentArity.ZeroOrMore };
        Command command = new("update", "Puts data into a sector that was sealed empty: a replica update.") { Folder, files, Snark, Cache, Parents, Json };
        command.SetAction(parsed => Answer.Run(() => WithSector(parsed, unit: 32, sector =>
        {
            long started = Stopwatch.GetTimestamp();
            foreach (string file in parsed.GetValue(files) ?? [])
            {
                using FileStream payload = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
                sector.AddUpdatePiece(payload, payload.Length, CancellationToken.None);
            }
            UpdateStatement statement = sector.Update(CancellationToken.None);
            string? snark = Compress(parsed, sector, prover => prover.ProveUpdate(sector, statement));
            return () => Answer.Write(
                parsed.GetValue(Json), ("commROld", statement.CommROld), ("commDNew", statement.CommDNew), ("commRNew", statement.CommRNew), ("valid", true),
                ("seconds", Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 3)), ("snark", snark));
        })));
        return command;
    }

    /// <summary>The proof that goes on chain, in hexadecimal, if one is asked for.</summary>
    private static string? Compress(ParseResult parsed, Sector sector, Func<SnarkProver, byte[]> prove) => parsed.GetValue(Snark)
        ? Hex.Encode(prove(new SnarkProver(new ParameterCache(parsed.GetRequiredValue(Cache)), KeyProgress.Of(sector.Progress))))
        : null;

    private static Command Verify()
    {
        Option<bool> all = new("--all") { Description = "Hashes the whole replica again; else a few nodes are looked at." };
        Command command = new("verify", "Checks a sealed sector's files and its seal proof.") { Folder, all, Parents, Json };
        command.SetAction(parsed => Answer.Run(() => WithSector(parsed, unit: 32, sector =>
        {
            sector.Verify(parsed.GetValue(all), CancellationToken.None);
            return () => Answer.Write(parsed.GetValue(Json), ("commR", sector.Record.CommR), ("proven", sector.Record.Seed is not null), ("valid", true));
        })));
        return command;
    }

    /// <summary>Opens the sector, does the work behind progress bars, and answers when they are gone.</summary>
    private static void WithSector(ParseResult parsed, int unit, Func<Sector, Action> work) => ProgressDisplay.Run(unit, progress =>
    {
        using Sector sector = Open(parsed, progress);
        return work(sector);
    })();

    private static Sector Open(ParseResult parsed, IProgress<SealProgress>? progress) => Sector.Open(parsed.GetRequiredValue(Folder), ParentsOf(parsed), progress);

    private static ParentFiles ParentsOf(ParseResult parsed) => new(parsed.GetRequiredValue(Parents));

    private static bool IsSector(string folder) => File.Exists(Path.Combine(folder, "sector.json"));

    private static SealKind KindOf(string size) => size == "devnet" ? SealKind.Devnet : SealKind.All.First(kind => kind is { Rules: GraphRules.Current, Feature: SealFeature.Interactive } && kind.Size.ToString() == size);

    private static Option<string> Randomness(string name, string description)
    {
        Option<string> option = new(name) { Description = description + " 32 bytes in hexadecimal.", Required = true };
        option.Validators.Add(result =>
        {
            if (!FixedBytes.TryParse(result.GetValueOrDefault<string>(), out Hash32 _))
                result.AddError($"{name} takes 32 bytes in hexadecimal.");
        });
        return option;
    }

    private static Hash32 Node32(string text) => FixedBytes.Parse<Hash32>(text);
}
