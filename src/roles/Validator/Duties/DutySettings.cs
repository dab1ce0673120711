using System.Text;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>What the owner of a key decides about its duties.</summary>
/// <param name="FeeRecipient">Who gets the fees of its blocks.</param>
/// <param name="Graffiti">What its blocks say.</param>
public sealed record DutySettings(Address FeeRecipient, Hash32 Graffiti)
{
    /// <summary>The defaults, but for what is set for one key.</summary>
    public DutySettings With(ValidatorSettings settings) => new(
        settings.FeeRecipient is { } address ? FixedBytes.Parse<Address>(address) : FeeRecipient,
        settings.Graffiti is { } text ? GraffitiOf(text) : Graffiti);

    /// <summary>A text as blocks say it: in UTF-8, cut after 32 bytes, filled up with zeros.</summary>
    public static Hash32 GraffitiOf(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Array.Resize(ref bytes, 32);
        return Hash32.Read(bytes);
    }
}

/// <summary>What holds for all keys of a service.</summary>
public sealed record ValidatorOptions
{
    /// <summary>Whether a key first watches for two epochs that nobody else signs with it.</summary>
    public bool ChecksForDoppelgangers { get; init; }
}
