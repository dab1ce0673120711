namespace Flashback.Cryptography.Groth16;

/// <summary>What the files of a ceremony must keep.</summary>
public enum CeremonyRule
{
    /// <summary>The file is one of its kind, as long as it says, of points of their groups, none at infinity.</summary>
    Encoding,

    /// <summary>Someone has contributed.</summary>
    Contributed,

    /// <summary>Every contributor knew the factor that the points were multiplied by.</summary>
    Knowledge,

    /// <summary>The points are the ones that the contributions lead to: powers of one number, times α or β, in both groups.</summary>
    Powers,

    /// <summary>The powers are as many as the circuit's domain has points.</summary>
    Size,

    /// <summary>The file was begun for this circuit and from these powers, and what contributions leave alone is as it was then.</summary>
    Circuit,

    /// <summary>The points of the quotient and of the private variables are those of the beginning divided by δ.</summary>
    Delta,
}
