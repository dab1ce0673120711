using System.CommandLine;
using System.Net;

namespace Flashback.Node;

/// <summary>What options accept.</summary>
internal static class Bounds
{
    /// <summary>A number from one to another.</summary>
    public static Option<T> Within<T>(this Option<T> option, T least, T most)
        where T : IComparable<T>
    {
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<T>() is { } value && (value.CompareTo(least) < 0 || value.CompareTo(most) > 0))
                result.AddError($"{option.Name} takes a number from {least} to {most}.");
        });
        return option;
    }

    /// <summary>An IP address.</summary>
    public static Option<string> AsAddress(this Option<string> option)
    {
        option.Validators.Add(result =>
        {
            if (!IPAddress.TryParse(result.GetValueOrDefault<string>(), out _))
                result.AddError($"{option.Name} takes an IP address.");
        });
        return option;
    }
}
