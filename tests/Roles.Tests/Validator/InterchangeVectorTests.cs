using System.Text;
using System.Text.Json.Nodes;
using Flashback.Primitives;
using Flashback.State.Store.Sqlite;
using Flashback.Testing;
using Flashback.Validator;

namespace Flashback.Roles.Tests.Validator;

/// <summary>The official tests of EIP-3076. vectors: eth-clients/slashing-protection-interchange-tests</summary>
/// <remarks>
/// They know two kinds of databases: one that only has the highest messages, and one that has all. Ours has all that it signed itself and takes the
/// highest of what it imports: it signs whatever the first would, and nothing that the second would not.
/// </remarks>
public sealed class InterchangeVectorTests
{
    private const string Archive = "slashing-protection-interchange-tests";

    [Fact]
    public void Imports_and_signs_as_the_official_tests_say()
    {
        string[] files = Directory.GetFiles(Vectors.Folder(Archive), "*.json", SearchOption.AllDirectories);
        string[] tests = [.. files.Where(file => file.Contains("generated", StringComparison.Ordinal))];
        Assert.NotEmpty(tests);
        Assert.Empty(tests.SelectMany(file => Run(JsonNode.Parse(File.ReadAllText(file))!)));
    }

    private static List<string> Run(JsonNode test)
    {
        List<string> wrong = [];
        using SqliteStore store = SqliteStore.OpenTemporary(SlashingProtection.Columns);
        SlashingProtection protection = SlashingProtection.Open(store, Root(test["genesis_validators_root"])!.Value);
        foreach (JsonNode? step in test["steps"]!.AsArray())
        {
            bool shouldSucceed = step!["should_succeed"]!.GetValue<bool>();
            Invalid<ProtectionRule>? invalid = Interchange.Parse(Encoding.UTF8.GetBytes(step["interchange"]!.ToJsonString()), out Interchange? file) ?? protection.Import(file!);
            if (invalid is null != shouldSucceed)
                wrong.Add($"{test["name"]}: the import gives {invalid}");
            foreach (JsonNode? block in step["blocks"]!.AsArray())
                Check(block!, protection.Record(Key(block!), new SignedBlock(new(Number(block!["slot"])), Root(block["signing_root"]) ?? default(Hash32))));
            foreach (JsonNode? vote in step["attestations"]!.AsArray())
                Check(vote!, protection.Record(Key(vote!), new SignedAttestation(new(Number(vote!["source_epoch"])), new(Number(vote["target_epoch"])), Root(vote["signing_root"]) ?? default(Hash32))));
        }
        return wrong;

        void Check(JsonNode message, Invalid<ProtectionRule>? refusal)
        {
            bool minimal = message["should_succeed"]!.GetValue<bool>(), complete = message["should_succeed_complete"]?.GetValue<bool>() ?? minimal;
            if (minimal && refusal is not null || !complete && refusal is null)
                wrong.Add($"{test["name"]}: {message.ToJsonString()} gives {refusal}");
        }
    }

    private static Bytes48 Key(JsonNode message) => FixedBytes.Parse<Bytes48>(message["pubkey"]!.GetValue<string>());

    private static Hash32? Root(JsonNode? text) => text is null ? null : FixedBytes.Parse<Hash32>(text.GetValue<string>());

    private static ulong Number(JsonNode? text) => ulong.Parse(text!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);
}
