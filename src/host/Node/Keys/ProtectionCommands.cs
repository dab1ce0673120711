using System.CommandLine;
using Flashback.Client;
using Flashback.Primitives;
using Flashback.State.Store;
using Flashback.State.Store.Sqlite;
using Flashback.Validator;

namespace Flashback.Node;

/// <summary><c>flashback keys protection export | import</c>: what keys have signed, from one validator client to the next.</summary>
internal static class ProtectionCommands
{
    private static readonly Option<string> Folder = KeyOptions.Folder();
    private static readonly Argument<string> File = new("FILE") { Description = "The file, as EIP-3076 has it." };
    private static readonly Option<bool> Json = Answer.JsonOption();

    public static Command Export()
    {
        Command command = new("export", "Writes what keys have signed into a file.") { File, Folder, Json };
        command.SetAction(parsed => Answer.Run(() =>
        {
            using IStore store = Open(parsed);
            Hash32 chain = SlashingProtection.ChainIn(store) ?? throw new InvalidDataException("nothing was ever signed or imported here");
            Interchange interchange = SlashingProtection.Open(store, chain).Export();
            SecretFile.Write(parsed.GetRequiredValue(File), interchange.ToJson());
            Answer.Write(parsed.GetValue(Json), ("file", parsed.GetRequiredValue(File)), ("keys", interchange.Keys.Count), ("genesisValidatorsRoot", chain));
        }));
        return command;
    }

    public static Command Import()
    {
        Option<string?> root = KeyOptions.GenesisRoot();
        Command command = new("import", "Takes in what keys have signed elsewhere.") { File, Folder, root, Json };
        command.SetAction(parsed => Answer.Run(() =>
        {
            using IStore store = Open(parsed);
            SlashingProtection protection = SlashingProtection.Open(store, KeyOptions.Value<Hash32>(parsed, root));
            Invalid<ProtectionRule>? invalid = Interchange.Parse(System.IO.File.ReadAllBytes(parsed.GetRequiredValue(File)), out Interchange? interchange) ?? protection.Import(interchange!);
            if (invalid is not null)
                throw new InvalidDataException($"{parsed.GetRequiredValue(File)}: {invalid}");
            Answer.Write(parsed.GetValue(Json), ("keys", interchange!.Keys.Count), ("blocks", interchange.Keys.Sum(key => key.Blocks.Count)), ("attestations", interchange.Keys.Sum(key => key.Attestations.Count)));
        }));
        return command;
    }

    private static SqliteStore Open(ParseResult parsed) => SqliteStore.Open(new ValidatorFolder(parsed.GetRequiredValue(Folder)).Protection, SlashingProtection.Columns);
}
