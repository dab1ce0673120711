using System.Globalization;
using System.Text;
using System.Text.Json;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>One thing that can be set for a key over the keymanager API. spec: ethereum/keymanager-APIs, fee recipient, gas limit, graffiti</summary>
/// <param name="Path">The end of its path.</param>
/// <param name="Field">Its name in JSON.</param>
/// <param name="Read">Its value; null where the default holds.</param>
/// <param name="With">The settings with another value, or with none for null.</param>
internal sealed record KeySetting(string Path, string Field, Func<ValidatorSettings, string?> Read, Func<ValidatorSettings, string?, ValidatorSettings> With)
{
    private const int MostGraffiti = 32; // bytes, as a block has room for

    public static IReadOnlyList<KeySetting> All { get; } =
    [
        new("feerecipient", "ethaddress", settings => settings.FeeRecipient, (settings, value) => settings with { FeeRecipient = value is null ? null : Address(value) }),
        new("gas_limit", "gas_limit", settings => settings.GasLimit?.ToString(CultureInfo.InvariantCulture), (settings, value) => settings with { GasLimit = value is null ? null : Number(value) }),
        new("graffiti", "graffiti", settings => settings.Graffiti, (settings, value) => settings with { Graffiti = value is null ? null : Graffiti(value) }),
    ];

    /// <exception cref="InvalidDataException">The value is not there.</exception>
    public string ValueIn(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(Field, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new InvalidDataException($"{Field} is missing or no text");

    private static string Address(string text) => FixedBytes.TryParse(text, out Address address) && !address.IsZero
        ? address.ToString()
        : throw new InvalidDataException("ethaddress is not 20 bytes in hexadecimal, or zero");

    private static ulong Number(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
        ? number
        : throw new InvalidDataException("gas_limit is no number");

    private static string Graffiti(string text) => Encoding.UTF8.GetByteCount(text) <= MostGraffiti
        ? text
        : throw new InvalidDataException($"graffiti has more than {MostGraffiti} bytes");
}
