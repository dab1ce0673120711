using System.CommandLine;
using Flashback.Cryptography;
using Flashback.Primitives;
using Flashback.Validator;

namespace Flashback.Node;

/// <summary><c>flashback keys import | list | delete</c>: the folder that a validator signs from.</summary>
internal static class FolderCommands
{
    private static readonly Option<string> Folder = KeyOptions.Folder();
    private static readonly Option<bool> Json = Answer.JsonOption();

    public static Command Import()
    {
        Argument<FileInfo[]> keystores = new Argument<FileInfo[]>("KEYSTORE") { Description = "Keystores, all with the same password.", Arity = ArgumentArity.OneOrMore }.AcceptExistingOnly();
        Option<string?> passwordFile = KeyOptions.PasswordFile();
        Command command = new("import", "Puts keystores and their password into a folder. A key that has signed elsewhere: stop it there, and import its slashing protection too.") { keystores, Folder, passwordFile, Json };
        command.SetAction(parsed => Answer.Run(() =>
        {
            ValidatorFolder folder = new(parsed.GetRequiredValue(Folder));
            using SecretBytes password = SecretInput.Password(parsed.GetValue(passwordFile));
            List<Bytes48> imported = [];
            int duplicates = 0;
            foreach (FileInfo file in parsed.GetRequiredValue(keystores))
            {
                Keystore keystore = ValidatorFolder.ReadKeystore(file.FullName);
                if (keystore.Decrypt(password, out BlsSecretKey? key) is { } invalid)
                    throw new InvalidDataException($"{file.FullName}: {invalid}");
                Bytes48 publicKey = StakingMessages.PublicKeyOf(key!);
                key!.Dispose();
                if (folder.Has(publicKey))
                {
                    duplicates++;
                    continue;
                }
                folder.Add(publicKey, keystore, password);
                imported.Add(publicKey);
            }
            Answer.Write(parsed.GetValue(Json), ("imported", string.Join(' ', imported)), ("duplicates", duplicates));
        }));
        return command;
    }

    public static Command List()
    {
        Command command = new("list", "Lists the keys of a folder: public key and place in the tree of keys.") { Folder };
        command.SetAction(parsed => Answer.Run(() =>
        {
            if (!Directory.Exists(parsed.GetRequiredValue(Folder)))
                throw new InvalidDataException($"there is no folder {parsed.GetRequiredValue(Folder)}");
            ValidatorFolder folder = new(parsed.GetRequiredValue(Folder));
            foreach (Bytes48 key in folder.List())
                Console.WriteLine($"{key} {folder.ReadKeystore(key).Path}");
        }));
        return command;
    }

    public static Command Delete()
    {
        Option<string?> key = KeyOptions.PublicKey("--public-key", "The key that goes.");
        Command command = new("delete", "Takes a key out of a folder. What it signed stays known there; stop whatever signs with it first.") { key, Folder, Json };
        command.SetAction(parsed => Answer.Run(() =>
        {
            ValidatorFolder folder = new(parsed.GetRequiredValue(Folder));
            Bytes48 gone = KeyOptions.Value<Bytes48>(parsed, key);
            if (!folder.Has(gone))
                throw new InvalidDataException($"{gone} is not in {folder.Path}");
            folder.Delete(gone);
            Answer.Write(parsed.GetValue(Json), ("deleted", gone));
        }));
        return command;
    }
}
