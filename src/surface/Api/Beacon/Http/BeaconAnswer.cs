using System.Text.Json;
using Flashback.Primitives;
using Microsoft.AspNetCore.Http;

namespace Flashback.Api.Beacon.Http;

/// <summary>An answer, ready to be written in the form that the caller takes.</summary>
internal sealed record BeaconAnswer
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;

    /// <summary>Writes the answer as JSON; null where it has no body.</summary>
    public Action<Utf8JsonWriter>? WriteJson { get; init; }

    /// <summary>The answer in SSZ; null where it has no such form.</summary>
    public Func<byte[]>? Encode { get; init; }

    /// <summary>Headers beside those of the content.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Done, and nothing to tell.</summary>
    public static BeaconAnswer Empty { get; } = new();

    /// <summary>An answer with its data and what stands beside it.</summary>
    /// <param name="data">Writes the value of <c>data</c>.</param>
    /// <param name="envelope">What stands beside it.</param>
    /// <param name="encode">The data in SSZ; null where it has no such form.</param>
    public static BeaconAnswer Of(Action<Utf8JsonWriter> data, Envelope envelope = default, Func<byte[]>? encode = null) => new()
    {
        WriteJson = writer =>
        {
            writer.WriteStartObject();
            envelope.WriteMembers(writer);
            writer.WritePropertyName("data"u8);
            data(writer);
            writer.WriteEndObject();
        },
        Encode = encode,
        Headers = envelope.IsVersioned ? [("Eth-Consensus-Version", Envelope.Version)] : [],
    };

    /// <summary>An answer whose data is a value of SSZ.</summary>
    public static BeaconAnswer Of<T, TCodec>(TCodec codec, T value, Envelope envelope = default)
        where TCodec : struct, ISszCodec<T> => Of(writer => codec.WriteJson(in value, writer), envelope, () => Ssz.Encode(in codec, in value));

    /// <summary>An answer whose data is a container.</summary>
    public static BeaconAnswer Of<T>(ISszPreset preset, T value, Envelope envelope = default)
        where T : ISszContainer<T> => Of(new SszContainer<T>(preset), value, envelope);

    /// <summary>An answer whose data is a list of containers.</summary>
    public static BeaconAnswer OfList<T>(ISszPreset preset, IReadOnlyList<T> values, Envelope envelope = default)
        where T : ISszContainer<T> => Of(new SszArray<T, SszContainer<T>>(SszBound.List((ulong)Math.Max(1, values.Count)), new(preset)), (T[])[.. values], envelope);
}
