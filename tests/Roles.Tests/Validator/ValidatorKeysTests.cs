using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Primitives;
using Flashback.State.Store.Sqlite;
using Flashback.Validator;

namespace Flashback.Roles.Tests.Validator;

public sealed class ValidatorKeysTests : IDisposable
{
    private static readonly KeystoreKdf Quick = KeystoreKdf.Scrypt with { Cost = 2 };

    private readonly string _path = Directory.CreateTempSubdirectory("flashback-keys-").FullName;
    private readonly SqliteStore _store = SqliteStore.OpenTemporary(SlashingProtection.Columns);
    private readonly SlashingProtection _protection;
    private readonly ValidatorFolder _folder;
    private readonly SecretBytes _password = Password.FromText("correct horse");

    public ValidatorKeysTests() => (_protection, _folder) = (SlashingProtection.Open(_store, ProtectionTests.RootOf(1)), new ValidatorFolder(Path.Combine(_path, "keys")));

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    [Fact]
    public async Task Keys_that_are_added_sign_at_once_and_after_a_restart()
    {
        Keystore[] keystores = [.. Enumerable.Range(0, 5).Select(_ => NewKeystore())];
        using (ValidatorKeys keys = await LoadAsync())
        {
            Assert.Empty(keys.Signers);
            foreach (Keystore keystore in keystores)
                Assert.Equal(KeyAddition.Imported, keys.Add(keystore, _password));
            Assert.Equal(KeyAddition.Duplicate, keys.Add(keystores[0], _password));
            Assert.Equal(5, keys.Signers.Count);
        }
        using ValidatorKeys again = await LoadAsync();
        Assert.Empty(again.Failures);
        Assert.Equal(keystores.Select(keystore => keystore.PublicKey!.Value).Order(), again.Signers.Select(signer => signer.PublicKey).Order());
        Assert.NotEqual(default, again.Find(keystores[0].PublicKey!.Value)!.Sign(DomainType.Randao, default, default));
        Assert.Null(again.Find(default));
        foreach (string file in OperatingSystem.IsWindows() ? [] : Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task A_key_that_is_deleted_signs_no_more_and_what_it_signed_stays_known()
    {
        Keystore keystore = NewKeystore();
        Bytes48 key = keystore.PublicKey!.Value;
        using ValidatorKeys keys = await LoadAsync();
        keys.Add(keystore, _password);
        ProtectedSigner signer = keys.Find(key)!;
        Assert.Null(signer.SignBlock(default(BeaconBlockHeader) with { Slot = new(9) }, default, out _));
        Assert.Equal(KeyRemoval.Deleted, keys.Delete(key));
        Assert.Throws<ObjectDisposedException>(() => signer.SignBlock(default(BeaconBlockHeader) with { Slot = new(10) }, default, out _));
        Assert.Equal(KeyRemoval.NotActive, keys.Delete(key));
        Assert.Equal(KeyRemoval.NotFound, keys.Delete(ProtectionTests.KeyOf(1)));
        Assert.Empty(_folder.List());
        Assert.Empty(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
        Assert.Equal(KeyAddition.Imported, keys.Add(keystore, _password));
        Assert.Equal(ProtectionRule.DoubleProposal, keys.Find(key)!.SignBlock(default(BeaconBlockHeader) with { Slot = new(9), ParentRoot = ProtectionTests.RootOf(3) }, default, out _)?.Rule);
    }

    [Fact]
    public async Task A_keystore_that_cannot_be_unlocked_is_told_and_the_others_sign()
    {
        Keystore good = NewKeystore(), other = NewKeystore();
        using SecretBytes wrong = Password.FromText("wrong horse");
        _folder.Add(good.PublicKey!.Value, good, _password);
        _folder.Add(other.PublicKey!.Value, other, wrong);
        _folder.Add(ProtectionTests.KeyOf(1), NewKeystore(), _password); // under another key's name
        using ValidatorKeys keys = await LoadAsync();
        Assert.Equal(good.PublicKey, Assert.Single(keys.Signers).PublicKey);
        Assert.Equal(2, keys.Failures.Count);
        Assert.Contains(keys.Failures, failure => failure.Key == other.PublicKey && failure.Reason.Contains("Password", StringComparison.Ordinal));
        Assert.Throws<InvalidDataException>(() => keys.Add(NewKeystore(), wrong));
    }

    [Fact]
    public void What_is_set_for_a_key_is_kept()
    {
        Bytes48 key = ProtectionTests.KeyOf(1);
        _folder.Add(key, NewKeystore(), _password);
        Assert.Equal(new ValidatorSettings(), _folder.ReadSettings(key));
        ValidatorSettings settings = new() { FeeRecipient = "0x3434343434343434343434343434343434343434", GasLimit = 60_000_000, Graffiti = "hello" };
        _folder.WriteSettings(key, settings);
        Assert.Equal(settings, _folder.ReadSettings(key));
    }

    private Task<ValidatorKeys> LoadAsync() => ValidatorKeys.LoadAsync(_folder, _protection, TestContext.Current.CancellationToken);

    private Keystore NewKeystore()
    {
        using BlsSecretKey key = BlsSecretKey.Generate();
        return Keystore.Encrypt(key, _password, "", Quick);
    }
}
