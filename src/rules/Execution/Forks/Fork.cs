namespace Flashback.Execution;

/// <summary>The rule sets that Flashback knows, oldest first.</summary>
public enum Fork : byte
{
    /// <summary>spec: EIP-7569</summary>
    Cancun,

    /// <summary>spec: EIP-7600</summary>
    Prague,

    /// <summary>spec: EIP-7607</summary>
    Osaka,
}
