using System.Text.Json;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>The vectors of go-ethereum for precompiled contracts and for the EVM's arithmetic, and those of EIP-2537: one file a contract or instruction.</summary>
/// <remarks>
/// A precompile's cases are { Input, Expected, Gas } or, in files called "fail-…", { Input, ExpectedError }; the error texts are
/// go-ethereum's own. An instruction's are { X, Y, Expected } with Y on top of the stack.
/// </remarks>
public sealed class PrecompilesKind : ISpecKind
{
    private const string FailurePrefix = "fail-";
    private const string InstructionPrefix = "testcases_";

    /// <summary>Which contract a file is about, and the first fork that has it so.</summary>
    private readonly record struct Contract(string File, int Number, Fork Fork, bool ChecksGas = true);

    private static readonly Contract[] Contracts =
    [
        new("ecRecover", 0x01, Fork.Cancun),
        new("modexp", 0x05, Fork.Cancun, ChecksGas: false), // priced before EIP-2565
        new("modexp_eip2565", 0x05, Fork.Cancun),
        new("modexp_eip7883", 0x05, Fork.Osaka),
        new("bn256Add", 0x06, Fork.Cancun),
        new("bn256ScalarMul", 0x07, Fork.Cancun),
        new("bn256Pairing", 0x08, Fork.Cancun),
        new("blake2F", 0x09, Fork.Cancun),
        new("blake2f", 0x09, Fork.Cancun),
        new("pointEvaluation", 0x0a, Fork.Cancun),
        new("blsG1Add", 0x0b, Fork.Prague),
        new("add_G1_bls", 0x0b, Fork.Prague),
        new("blsG1Mul", 0x0c, Fork.Prague),
        new("blsG1MultiExp", 0x0c, Fork.Prague),
        new("mul_G1_bls", 0x0c, Fork.Prague),
        new("msm_G1_bls", 0x0c, Fork.Prague),
        new("blsG2Add", 0x0d, Fork.Prague),
        new("add_G2_bls", 0x0d, Fork.Prague),
        new("blsG2Mul", 0x0e, Fork.Prague),
        new("blsG2MultiExp", 0x0e, Fork.Prague),
        new("mul_G2_bls", 0x0e, Fork.Prague),
        new("msm_G2_bls", 0x0e, Fork.Prague),
        new("blsPairing", 0x0f, Fork.Prague),
        new("pairing_check_bls", 0x0f, Fork.Prague),
        new("blsMapG1", 0x10, Fork.Prague),
        new("map_fp_to_G1_bls", 0x10, Fork.Prague),
        new("blsMapG2", 0x11, Fork.Prague),
        new("map_fp2_to_G2_bls", 0x11, Fork.Prague),
        new("p256Verify", 0x100, Fork.Osaka),
    ];

    private static readonly Dictionary<string, Opcode> Instructions = new()
    {
        ["add"] = Opcode.Add, ["and"] = Opcode.And, ["byte"] = Opcode.Byte, ["div"] = Opcode.Div, ["eq"] = Opcode.Eq, ["exp"] = Opcode.Exp,
        ["gt"] = Opcode.Gt, ["lt"] = Opcode.Lt, ["mod"] = Opcode.Mod, ["mul"] = Opcode.Mul, ["or"] = Opcode.Or, ["sar"] = Opcode.Sar,
        ["sdiv"] = Opcode.SDiv, ["sgt"] = Opcode.SGt, ["shl"] = Opcode.Shl, ["shr"] = Opcode.Shr, ["signext"] = Opcode.SignExtend,
        ["slt"] = Opcode.SLt, ["smod"] = Opcode.SMod, ["sub"] = Opcode.Sub, ["xor"] = Opcode.Xor,
    };

    /// <inheritdoc/>
    public string Name => "precompiles";

    /// <inheritdoc/>
    public string Description => "precompiled contracts and arithmetic instructions, go-ethereum's JSON and EIP-2537's";

    /// <inheritdoc/>
    public IEnumerable<SpecUnit> Find(string path) =>
        from file in VectorFiles.Below(path, "*.json")
        select new SpecUnit(VectorFiles.NameBelow(path, file), [file], files => Cases(Path.GetFileNameWithoutExtension(file), files.ReadBytes(file)));

    private static IEnumerable<SpecCase> Cases(string file, byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        if (file.StartsWith(InstructionPrefix, StringComparison.Ordinal))
        {
            InstructionRunner runner = new(Instructions[file[InstructionPrefix.Length..]]);
            foreach (JsonElement @case in document.RootElement.EnumerateArray())
            {
                string x = Text(@case, "X"), y = Text(@case, "Y");
                yield return new SpecCase($"{x} {y}", () => SpecOutcome.Equal("0x" + Text(@case, "Expected"), runner.Run(Hex.Decode(x), Hex.Decode(y))));
            }
            yield break;
        }
        bool fails = file.StartsWith(FailurePrefix, StringComparison.Ordinal);
        string name = fails ? file[FailurePrefix.Length..] : file;
        Contract contract = Array.Find(Contracts, each => each.File == name) is { File: not null } found
            ? found
            : throw new InvalidDataException($"no precompiled contract has vectors called {file}");
        foreach (JsonElement @case in document.RootElement.EnumerateArray())
            yield return new SpecCase(Text(@case, "Name"), () => Check(contract, @case, fails));
    }

    private static SpecOutcome Check(Contract contract, JsonElement @case, bool fails)
    {
        IPrecompile precompile = ForkRules.Of(contract.Fork).Precompiles.At(new UInt256((ulong)contract.Number).ToAddress())
            ?? throw new InvalidDataException($"{contract.Fork} has no precompiled contract {contract.Number}");
        byte[] input = Hex.Decode(Text(@case, "Input"));
        ReturnBuffer output = new();
        bool accepted = precompile.TryRun(input, output);
        if (fails)
            return accepted ? new SpecOutcome.Failed(Text(@case, "ExpectedError"), Hex.Encode(output.Span)) : SpecOutcome.Pass;
        if (!accepted)
            return new SpecOutcome.Failed(Text(@case, "Expected"), "refused");
        SpecOutcome outcome = SpecOutcome.Equal("0x" + Text(@case, "Expected"), Hex.Encode(output.Span));
        return outcome is SpecOutcome.Passed && contract.ChecksGas
            ? SpecOutcome.Equal($"{@case.GetProperty("Gas").GetInt64()} gas", $"{precompile.GasFor(input)} gas")
            : outcome;
    }

    private static string Text(JsonElement @case, string name) => @case.GetProperty(name).GetString()!;
}
