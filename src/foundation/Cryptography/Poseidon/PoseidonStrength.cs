namespace Flashback.Cryptography;

/// <summary>How many partial rounds an instance of Poseidon has.</summary>
public enum PoseidonStrength
{
    /// <summary>As many as 128 bits of security ask for: everything in storage proofs.</summary>
    Standard,

    /// <summary>A quarter more, rounded up.</summary>
    Strengthened,
}
