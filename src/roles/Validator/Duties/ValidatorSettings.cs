using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>What the owner of a key decides.</summary>
/// <param name="FeeRecipient">Who gets the fees of its blocks.</param>
/// <param name="Graffiti">What its blocks say.</param>
public sealed record ValidatorSettings(Address FeeRecipient, Hash32 Graffiti);

/// <summary>What holds for all keys of a service.</summary>
public sealed record ValidatorOptions
{
    /// <summary>Whether a key first watches for two epochs that nobody else signs with it.</summary>
    public bool ChecksForDoppelgangers { get; init; }
}
