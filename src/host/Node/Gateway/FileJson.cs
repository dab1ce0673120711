using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Flashback.Files;

namespace Flashback.Node;

/// <summary>A gateway's answers as the commands tell them in JSON.</summary>
[JsonSerializable(typeof(RemoteFile))]
[JsonSerializable(typeof(RemoteQuote))]
[JsonSerializable(typeof(RemoteWallet))]
[JsonSerializable(typeof(IReadOnlyList<RemoteDeal>))]
[JsonSerializable(typeof(IReadOnlyList<RemoteFile>))]
internal sealed partial class FileJson : JsonSerializerContext
{
    public static FileJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>An answer that more can be added to.</summary>
    public static JsonObject NodeOf<T>(T answer, JsonTypeInfo<T> type) => JsonSerializer.SerializeToNode(answer, type)!.AsObject();

    public static void Write(JsonNode answer) => Console.WriteLine(answer.ToJsonString(Plain.Options));

    public static void Write<T>(T answer, JsonTypeInfo<T> type) => Console.WriteLine(JsonSerializer.Serialize(answer, type));
}
