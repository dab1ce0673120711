namespace Flashback.Execution;

/// <summary>How running code came to an end. Everything from <see cref="OutOfGas"/> on undoes the call and takes all its gas.</summary>
/// <remarks>
/// Gas and stack are checked once for each run of instructions without a jump, so that when several things are wrong with such a run the reason may
/// name a later one than the first. That there is one, and what it costs, is the same. A traced run names the first.
/// </remarks>
public enum Halt : byte
{
    /// <summary>It has not: the next instruction follows.</summary>
    None,

    /// <summary>It has not: a call or creation was begun and the caller waits for its result.</summary>
    Descend,

    /// <summary>STOP, or the end of the code.</summary>
    Stop,

    /// <summary>RETURN: there may be output.</summary>
    Return,

    /// <summary>SELFDESTRUCT.</summary>
    SelfDestruct,

    /// <summary>REVERT: changes are undone, gas left is kept. spec: EIP-140</summary>
    Revert,

    /// <summary>The gas left does not suffice.</summary>
    OutOfGas,

    /// <summary>An instruction needs more words than there are.</summary>
    StackUnderflow,

    /// <summary>More than 1024 words.</summary>
    StackOverflow,

    /// <summary>An instruction that this fork does not know, or INVALID. spec: EIP-141</summary>
    UndefinedOpcode,

    /// <summary>A jump to something else than a JUMPDEST.</summary>
    InvalidJump,

    /// <summary>A change within a static call. spec: EIP-214</summary>
    StaticViolation,

    /// <summary>RETURNDATACOPY beyond the end. spec: EIP-211</summary>
    ReturnDataOutOfBounds,

    /// <summary>Initcode longer than the fork allows. spec: EIP-3860</summary>
    InitcodeTooLong,

    /// <summary>A new contract's code is longer than the fork allows. spec: EIP-170</summary>
    CodeTooLong,

    /// <summary>A new contract's code begins with 0xef. spec: EIP-3541</summary>
    CodeBeginsWithEf,

    /// <summary>A precompiled contract refuses its input.</summary>
    PrecompileFailure,

    /// <summary>A contract would be made where there is one, or storage. spec: EIP-684, EIP-7610</summary>
    CreateCollision,
}
