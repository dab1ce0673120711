using System.Globalization;
using System.Numerics;
using Flashback.Primitives;
using IronSnappy;

namespace Flashback.Conformance;

/// <summary>
/// The SSZ vectors of the consensus specification, no type of the protocol among them: <c>…/ssz_generic/HANDLER/valid|invalid/TYPE_…/</c>.
/// The case's name tells its type. spec: cs/tests/formats/ssz_generic
/// </summary>
internal sealed class SszKind : ISpecKind
{
    private const string Encoding = "serialized.ssz_snappy";
    private const string Meta = "meta.yaml";
    private const string Value = "value.yaml";

    public string Name => "ssz";

    public string Description => "SSZ basics of the consensus tests, folder phase0/ssz_generic";

    public IEnumerable<SpecUnit> Find(string path)
    {
        foreach (string file in VectorFiles.Below(path, Encoding))
        {
            string folder = Path.GetDirectoryName(file)!;
            string[] folders = folder.Split(Path.DirectorySeparatorChar);
            if (folders.Length < 4 || folders[^4] != "ssz_generic")
                continue;
            string[] files = folders[^2] == "valid" ? [file, Path.Combine(folder, Meta), Path.Combine(folder, Value)] : [file];
            yield return new SpecUnit(VectorFiles.NameBelow(path, folder), files, opened => [new SpecCase(folders[^3], () => Run(folders[^3], folders[^1], Open(opened, files)))]);
        }
    }

    private static Vector Open(VectorFiles files, string[] paths)
    {
        byte[] encoding = Snappy.Decode(files.ReadBytes(paths[0]));
        return paths.Length == 1
            ? new Vector(encoding, null, null)
            : new Vector(encoding, Yaml.Flatten(Yaml.Root(files.ReadText(paths[1]))["root"]), Yaml.Flatten(Yaml.Root(files.ReadText(paths[2]))));
    }

    private static SpecOutcome Run(string handler, string name, Vector vector)
    {
        string[] words = name.Split('_');
        return handler switch
        {
            "basic_vector" => RunVector(words[1], Number(words[2]), vector),
            "bitlist" => RunBits(SszBound.List(words[1] == "no" ? 8 : Number(words[1])), vector),
            "bitvector" when words[1] == "0" => RefusesEmptyVector(),
            "bitvector" => RunBits(SszBound.Vector(Number(words[1])), vector),
            "boolean" => vector.Check<bool, SszBoolean>(default, Text),
            "containers" => RunContainer(words[0], vector),
            "uints" => RunNumber(words[1], vector),
            _ => throw new InvalidDataException($"no SSZ vectors are called {handler}"),
        };
    }

    private static SpecOutcome RunVector(string element, ulong length, Vector vector) => (element, length) switch
    {
        (_, 0) => RefusesEmptyVector(),
        ("bool", _) => RunVector<bool, SszBoolean>(length, vector),
        ("uint8", _) => RunVector<byte, SszNumber<byte>>(length, vector),
        ("uint16", _) => RunVector<ushort, SszNumber<ushort>>(length, vector),
        ("uint32", _) => RunVector<uint, SszNumber<uint>>(length, vector),
        ("uint64", _) => RunVector<ulong, SszNumber<ulong>>(length, vector),
        ("uint128", _) => RunVector<UInt128, SszNumber<UInt128>>(length, vector),
        ("uint256", _) => RunVector<UInt256, SszNumber<UInt256>>(length, vector),
        _ => throw new InvalidDataException($"no element is called {element}"),
    };

    private static SpecOutcome RunVector<T, TElement>(ulong length, Vector vector)
        where TElement : struct, ISszCodec<T> =>
        vector.Check(new SszArray<T, TElement>(SszBound.Vector(length)), (T[] items) => $"[{string.Join(',', items.Select(item => Text(item)))}]");

    /// <summary>A vector of nothing is no type at all: whatever is said to be its encoding is refused with it.</summary>
    private static SpecOutcome RefusesEmptyVector()
    {
        try
        {
            return new SpecOutcome.Failed("a vector of nothing is refused", SszBound.Vector(0).ToString());
        }
        catch (ArgumentOutOfRangeException)
        {
            return SpecOutcome.Pass;
        }
    }

    private static SpecOutcome RunBits(SszBound bound, Vector vector)
    {
        SszCollection<Bits> codec = new(bound);
        return vector.Check(codec, (Bits bits) => Hex.Encode(Ssz.Encode(codec, bits)));
    }

    private static SpecOutcome RunContainer(string name, Vector vector) => name switch
    {
        nameof(SingleFieldTestStruct) => RunContainer<SingleFieldTestStruct>(vector),
        nameof(SmallTestStruct) => RunContainer<SmallTestStruct>(vector),
        nameof(FixedTestStruct) => RunContainer<FixedTestStruct>(vector),
        nameof(VarTestStruct) => RunContainer<VarTestStruct>(vector),
        nameof(ComplexTestStruct) => RunContainer<ComplexTestStruct>(vector),
        nameof(BitsStruct) => RunContainer<BitsStruct>(vector),
        _ => throw new InvalidDataException($"no container is called {name}"),
    };

    private static SpecOutcome RunContainer<T>(Vector vector)
        where T : ISszContainer<T> => vector.Check(default(SszContainer<T>), (T value) => value.ToString()!);

    private static SpecOutcome RunNumber(string bits, Vector vector) => bits switch
    {
        "8" => RunNumber<byte>(vector),
        "16" => RunNumber<ushort>(vector),
        "32" => RunNumber<uint>(vector),
        "64" => RunNumber<ulong>(vector),
        "128" => RunNumber<UInt128>(vector),
        "256" => RunNumber<UInt256>(vector),
        _ => throw new InvalidDataException($"no number has {bits} bits"),
    };

    private static SpecOutcome RunNumber<T>(Vector vector)
        where T : unmanaged => vector.Check<T, SszNumber<T>>(default, Text);

    /// <summary>As value.yaml writes it: decimal, and truth in small letters.</summary>
    private static string Text<T>(T value) => value switch
    {
        bool truth => truth ? "true" : "false",
        UInt256 wide => ((BigInteger)wide).ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static ulong Number(string word) => ulong.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The files of a case. Root and value are null where the encoding is to be refused.</summary>
    private sealed record Vector(byte[] Encoding, string? Root, string? Value)
    {
        /// <summary>Decodes; then what was decoded must have this value, this root, and the same encoding again.</summary>
        public SpecOutcome Check<T, TCodec>(TCodec codec, Func<T, string> describe)
            where TCodec : struct, ISszCodec<T>
        {
            bool accepted = codec.TryDecode(Encoding, out T? value, out SszFault fault);
            if (!accepted)
                return Root is null ? SpecOutcome.Pass : new SpecOutcome.Failed("accepted", fault.ToString());
            if (Root is null)
                return new SpecOutcome.Failed("a fault", $"accepted as {describe(value!)}");
            SpecOutcome outcome = SpecOutcome.Equal(Value!, describe(value!));
            if (outcome == SpecOutcome.Pass)
                outcome = SpecOutcome.Equal(Hex.Encode(Encoding), Hex.Encode(Ssz.Encode(codec, value!)));
            return outcome == SpecOutcome.Pass ? SpecOutcome.Equal(Root, codec.RootOf(value!).ToString()) : outcome;
        }
    }
}
