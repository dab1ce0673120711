using System.Text.Json;
using System.Text.Json.Serialization;
using Flashback.Primitives;

namespace Flashback.Api.Wire;

/// <summary>Every type that goes over the wire: written and read by generated code.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [
        typeof(UInt256Converter), typeof(QuantityConverter), typeof(BytesConverter), typeof(ByteArrayConverter), typeof(Hash32Converter), typeof(AddressConverter),
        typeof(LogBloomConverter), typeof(BlockSelectorConverter), typeof(OneOrManyAddressesConverter), typeof(OneOrManyHashesConverter), typeof(TransactionsConverter),
        typeof(RawConverter)])]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(ulong))]
[JsonSerializable(typeof(ulong?))]
[JsonSerializable(typeof(double[]))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(byte[]))]
[JsonSerializable(typeof(ReadOnlyMemory<byte>))]
[JsonSerializable(typeof(UInt256))]
[JsonSerializable(typeof(Hash32))]
[JsonSerializable(typeof(Address))]
[JsonSerializable(typeof(IReadOnlyList<Address>))]
[JsonSerializable(typeof(IReadOnlyList<Hash32>))]
[JsonSerializable(typeof(BlockSelector))]
[JsonSerializable(typeof(WireHeader))]
[JsonSerializable(typeof(WireBlock))]
[JsonSerializable(typeof(WireTransaction))]
[JsonSerializable(typeof(WireReceipt))]
[JsonSerializable(typeof(IReadOnlyList<WireReceipt>))]
[JsonSerializable(typeof(WireLog))]
[JsonSerializable(typeof(IReadOnlyList<WireLog>))]
[JsonSerializable(typeof(WireCall))]
[JsonSerializable(typeof(WireFilter))]
[JsonSerializable(typeof(IReadOnlyDictionary<Address, WireAccountOverride>))]
[JsonSerializable(typeof(WireBlockOverride))]
[JsonSerializable(typeof(WireAccountProof))]
[JsonSerializable(typeof(WireFeeHistory))]
[JsonSerializable(typeof(WireAccessList))]
[JsonSerializable(typeof(WireTransaction[]))]
[JsonSerializable(typeof(List<WireLog>))]
[JsonSerializable(typeof(List<Methods.WireTracedTransaction>))]
[JsonSerializable(typeof(Methods.WireSignedTransaction))]
[JsonSerializable(typeof(Methods.WirePoolContentFrom))]
[JsonSerializable(typeof(WirePoolStatus))]
[JsonSerializable(typeof(WirePoolContent))]
[JsonSerializable(typeof(WirePoolInspection))]
[JsonSerializable(typeof(Tracing.WireCallFrame))]
[JsonSerializable(typeof(Tracing.CallTracerOptions))]
[JsonSerializable(typeof(Tracing.PrestateOptions))]
[JsonSerializable(typeof(Tracing.TraceRequest))]
[JsonSerializable(typeof(WireHealth))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(WireRaw))]
[JsonSerializable(typeof(IReadOnlyList<Methods.WireTracedTransaction>))]
[JsonSerializable(typeof(byte[][]))]
[JsonSerializable(typeof(Simulation.WireSimulation))]
[JsonSerializable(typeof(List<Simulation.WireSimulatedBlock>))]
[JsonSerializable(typeof(IReadOnlyList<ReadOnlyMemory<byte>>))]
[JsonSerializable(typeof(WireProvider))]
[JsonSerializable(typeof(WireProvider[]))]
[JsonSerializable(typeof(WireSector))]
[JsonSerializable(typeof(WireSector[]))]
[JsonSerializable(typeof(WireDeadline[]))]
[JsonSerializable(typeof(WireClaim[]))]
[JsonSerializable(typeof(WireStorageNetwork))]
[JsonSerializable(typeof(Engine.WirePayload))]
[JsonSerializable(typeof(Engine.WirePayloadStatus))]
[JsonSerializable(typeof(Engine.WireForkchoiceState))]
[JsonSerializable(typeof(Engine.WirePayloadAttributes))]
[JsonSerializable(typeof(Engine.WireForkchoiceUpdated))]
[JsonSerializable(typeof(Engine.WireBuiltPayload))]
[JsonSerializable(typeof(Engine.WirePayloadBody[]))]
[JsonSerializable(typeof(List<Engine.WirePayloadBody>))]
[JsonSerializable(typeof(Engine.WireBlobAndProof[]))]
[JsonSerializable(typeof(Engine.WireBlobAndCellProofs[]))]
[JsonSerializable(typeof(Engine.WireClientVersion[]))]
internal sealed partial class WireContext : JsonSerializerContext;

/// <summary>JSON that is written already.</summary>
/// <param name="Utf8">One value.</param>
public sealed record WireRaw(ReadOnlyMemory<byte> Utf8);

internal sealed class RawConverter : JsonConverter<WireRaw>
{
    public override WireRaw Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => throw new NotSupportedException("written only");

    public override void Write(Utf8JsonWriter writer, WireRaw value, JsonSerializerOptions options) => writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
}

internal sealed class TransactionsConverter : JsonConverter<WireTransactions>
{
    public override WireTransactions Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => throw new NotSupportedException("written only");

    public override void Write(Utf8JsonWriter writer, WireTransactions value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (Hash32 hash in value.Hashes ?? [])
            writer.WriteStringValue(hash.ToString());
        foreach (WireTransaction transaction in value.Whole ?? [])
            JsonSerializer.Serialize(writer, transaction, WireContext.Default.WireTransaction);
        writer.WriteEndArray();
    }
}
