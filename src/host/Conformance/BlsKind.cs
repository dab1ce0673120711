using Flashback.Cryptography;
using YamlDotNet.RepresentationModel;

namespace Flashback.Conformance;

/// <summary>The BLS vectors of the consensus specification: <c>…/bls/FUNCTION/bls/CASE/data.yaml</c>.</summary>
/// <remarks>An output of null means that the input is to be refused. spec: cs/tests/formats/bls.</remarks>
public sealed class BlsKind : ISpecKind
{
    /// <inheritdoc/>
    public string Name => "bls";

    /// <inheritdoc/>
    public string Description => "BLS signatures of the consensus tests, folders phase0/bls and altair/bls";

    /// <inheritdoc/>
    public IEnumerable<SpecUnit> Find(string path)
    {
        foreach (string file in VectorFiles.Below(path, "data.yaml"))
        {
            // Four folders above the file: CASE, bls, FUNCTION, and the bls that other kinds of vectors do not have.
            string[] folders = Path.GetFullPath(file).Split(Path.DirectorySeparatorChar);
            if (folders.Length < 5 || folders[^5] != "bls")
                continue;
            string function = folders[^4];
            yield return new SpecUnit(VectorFiles.NameBelow(path, file), [file], files => [new SpecCase(function, () => Run(function, files.ReadText(file)))]);
        }
    }

    private static SpecOutcome Run(string function, string yaml)
    {
        YamlNode root = Yaml.Root(yaml), input = root["input"];
        string expected = Yaml.Text(root["output"]);
        string actual = function switch
        {
            "aggregate" => Aggregate(Yaml.ByteLists(input)),
            "aggregate_verify" => AggregateVerify(input),
            "eth_aggregate_pubkeys" => AggregateKeys(Yaml.ByteLists(input)),
            "eth_fast_aggregate_verify" => FastAggregateVerify(input, Bls.EthFastAggregateVerify),
            "fast_aggregate_verify" => FastAggregateVerify(input, Bls.FastAggregateVerify),
            "sign" => Sign(input),
            "verify" => Verify(input),
            _ => throw new InvalidDataException($"no BLS function is called {function}"),
        };
        return SpecOutcome.Equal(expected, actual);
    }

    private delegate bool FastVerification(ReadOnlySpan<BlsPublicKey> keys, ReadOnlySpan<byte> message, BlsSignature signature);

    private const string Refused = "null";

    private static string Aggregate(byte[][] encodings) =>
        encodings.Length > 0 && TrySignatures(encodings, out BlsSignature[] signatures) ? Bls.Aggregate(signatures).ToString() : Refused;

    private static string AggregateKeys(byte[][] encodings) =>
        encodings.Length > 0 && TryKeys(encodings, out BlsPublicKey[] keys) ? Bls.AggregatePublicKeys(keys).ToString() : Refused;

    private static string AggregateVerify(YamlNode input)
    {
        byte[][] messages = Yaml.ByteLists(input["messages"]);
        return Answer(TryKeys(Yaml.ByteLists(input["pubkeys"]), out BlsPublicKey[] keys)
            && TrySignatures([Yaml.Bytes(input["signature"])], out BlsSignature[] signature)
            && Bls.AggregateVerify(keys, [.. messages.Select(message => (ReadOnlyMemory<byte>)message)], signature[0]));
    }

    private static string FastAggregateVerify(YamlNode input, FastVerification verify) =>
        Answer(TryKeys(Yaml.ByteLists(input["pubkeys"]), out BlsPublicKey[] keys)
            && TrySignatures([Yaml.Bytes(input["signature"])], out BlsSignature[] signature)
            && verify(keys, Yaml.Bytes(input["message"]), signature[0]));

    private static string Verify(YamlNode input) =>
        Answer(TryKeys([Yaml.Bytes(input["pubkey"])], out BlsPublicKey[] keys)
            && TrySignatures([Yaml.Bytes(input["signature"])], out BlsSignature[] signature)
            && Bls.Verify(keys[0], Yaml.Bytes(input["message"]), signature[0]));

    private static string Sign(YamlNode input)
    {
        if (!BlsSecretKey.TryDecode(Yaml.Bytes(input["privkey"]), out BlsSecretKey? key, out _))
            return Refused;
        using (key)
            return key.Sign(Yaml.Bytes(input["message"])).ToString();
    }

    private static bool TryKeys(byte[][] encodings, out BlsPublicKey[] keys)
    {
        keys = new BlsPublicKey[encodings.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            if (!BlsPublicKey.TryDecode(encodings[i], out BlsPublicKey? key, out _))
                return false;
            keys[i] = key;
        }
        return true;
    }

    private static bool TrySignatures(byte[][] encodings, out BlsSignature[] signatures)
    {
        signatures = new BlsSignature[encodings.Length];
        for (int i = 0; i < signatures.Length; i++)
        {
            if (!BlsSignature.TryDecode(encodings[i], out BlsSignature? signature, out _))
                return false;
            signatures[i] = signature;
        }
        return true;
    }

    private static string Answer(bool answer) => answer ? "true" : "false";
}
