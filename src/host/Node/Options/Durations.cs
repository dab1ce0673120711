using System.CommandLine.Parsing;
using System.Globalization;

namespace Flashback.Node;

/// <summary>Lengths of time as people write them: 90s, 30m, 24h, 2d; a number alone is seconds.</summary>
internal static class Durations
{
    public static TimeSpan Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        double unit = text[^1] switch { 'd' => 86_400, 'h' => 3600, 'm' => 60, _ => 1 };
        ReadOnlySpan<char> number = char.IsAsciiLetter(text[^1]) ? text.AsSpan()[..^1] : text;
        bool isUnit = !char.IsAsciiLetter(text[^1]) || text[^1] is 'd' or 'h' or 'm' or 's';
        if (isUnit && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count) && count * unit <= 1e9)
            return TimeSpan.FromSeconds(count * unit);
        result.AddError($"{result.Argument.Name} takes a length of time such as 90s, 30m or 24h, not {text}.");
        return TimeSpan.Zero;
    }
}
