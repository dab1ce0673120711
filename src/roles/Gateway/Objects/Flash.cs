using System.Globalization;
using System.Numerics;

namespace Flashback.Gateway.Objects;

/// <summary>Amounts for people: FLASH in decimals, exact to the wei.</summary>
public static class Flash
{
    private const int Decimals = 18;

    /// <summary>The FLASH of an amount of wei.</summary>
    public static string Of(BigInteger wei)
    {
        BigInteger whole = BigInteger.DivRem(wei, BigInteger.Pow(10, Decimals), out BigInteger rest);
        string text = whole.ToString(CultureInfo.InvariantCulture);
        return rest.IsZero ? text : $"{text}.{rest.ToString(CultureInfo.InvariantCulture).PadLeft(Decimals, '0').TrimEnd('0')}";
    }
}
