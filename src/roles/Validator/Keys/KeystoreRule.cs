namespace Flashback.Validator;

/// <summary>What a keystore can break. spec: EIP-2335</summary>
public enum KeystoreRule
{
    /// <summary>It is JSON of the schema, and no longer than a keystore can be.</summary>
    Format,

    /// <summary>Its version is 4.</summary>
    Version,

    /// <summary>The key is derived by scrypt or pbkdf2 with hmac-sha256.</summary>
    KdfFunction,

    /// <summary>The derivation's parameters are possible, and ask for no more memory and work than this program gives.</summary>
    KdfParameters,

    /// <summary>The checksum is a sha256.</summary>
    Checksum,

    /// <summary>The secret is encrypted by aes-128-ctr, with an initial counter of 16 bytes.</summary>
    Cipher,

    /// <summary>The password is the keystore's.</summary>
    Password,

    /// <summary>What is encrypted is a BLS secret key.</summary>
    SecretKey,

    /// <summary>The secret key belongs to the public key that is written in the clear.</summary>
    PublicKey,
}
