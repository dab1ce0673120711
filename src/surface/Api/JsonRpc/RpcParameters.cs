using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Flashback.Api.Wire;

namespace Flashback.Api.JsonRpc;

/// <summary>The parameters of a request, by position; those left out at the end, or null, are not there.</summary>
public readonly struct RpcParameters(JsonElement list)
{
    private readonly int _count = list.ValueKind == JsonValueKind.Array ? list.GetArrayLength() : 0;

    /// <summary>How many there are.</summary>
    public int Count => _count;

    /// <summary>A parameter that must be there.</summary>
    /// <exception cref="RpcException">It is not, or it is not what is asked for.</exception>
    public T Required<T>(int index) =>
        TryElement(index, out JsonElement element) ? Read<T>(index, element) : throw RpcException.InvalidParams($"missing value for required argument {index}");

    /// <summary>A parameter, or what holds where it is not there.</summary>
    /// <exception cref="RpcException">It is there and not what is asked for.</exception>
    [return: NotNullIfNotNull(nameof(otherwise))]
    public T? Optional<T>(int index, T? otherwise = default) => TryElement(index, out JsonElement element) ? Read<T>(index, element) : otherwise;

    /// <summary>How many of something: a quantity, but also a plain number, or its digits in a string, as tools send them. spec: go-ethereum's HexOrDecimal64</summary>
    /// <exception cref="RpcException">It is not there, or it is neither.</exception>
    public ulong RequiredCount(int index)
    {
        if (!TryElement(index, out JsonElement element))
            throw RpcException.InvalidParams($"missing value for required argument {index}");
        return element.ValueKind switch
        {
            JsonValueKind.Number when element.TryGetUInt64(out ulong number) => number,
            JsonValueKind.String when ulong.TryParse(element.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong digits) => digits,
            _ => Read<ulong>(index, element),
        };
    }

    /// <summary>The parameter as it was sent.</summary>
    public bool TryElement(int index, out JsonElement element)
    {
        element = index < _count ? list[index] : default;
        return element.ValueKind is not JsonValueKind.Null and not JsonValueKind.Undefined;
    }

    private static T Read<T>(int index, JsonElement element)
    {
        try
        {
            return element.Deserialize((JsonTypeInfo<T>)WireContext.Default.GetTypeInfo(typeof(T))!)
                ?? throw RpcException.InvalidParams($"invalid argument {index}: null");
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or NotSupportedException or InvalidOperationException)
        {
            throw RpcException.InvalidParams($"invalid argument {index}: {wrong.Message}");
        }
    }
}
