using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Provider;
using Flashback.State.Store;

namespace Flashback.Node;

/// <summary>What a command answers: named values on standard output, as lines or as JSON; what is wrong on the error stream.</summary>
internal static class Answer
{
    /// <summary>Base 64 and the like as they are: the answer goes to a terminal or a program, not into a web page.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Option<bool> JsonOption() => new("--json") { Description = "Answers in JSON." };

    /// <summary>Runs a command; the reasons it may fail for become one line and the status 1.</summary>
    public static int Run(Action command)
    {
        try
        {
            command();
            return 0;
        }
        catch (Exception e) when (IsTold(e))
        {
            Console.Error.WriteLine($"flashback: {e.Message}");
            return 1;
        }
    }

    /// <summary>Whether it is a reason that a command may fail for, not a mistake of ours.</summary>
    public static bool IsTold(Exception fault) => fault is
        SectorException or ParameterException or StoreException or IOException or InvalidDataException or UnauthorizedAccessException or OperationCanceledException or HttpRequestException;

    /// <summary>Writes named values; null ones are left out.</summary>
    public static void Write(bool json, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        JsonObject answer = [];
        foreach ((string name, object? value) in values)
        {
            if (value is null)
                continue;
            answer[name] = value switch
            {
                long number => JsonValue.Create(number),
                int number => JsonValue.Create(number),
                double number => JsonValue.Create(number),
                bool flag => JsonValue.Create(flag),
                _ => JsonValue.Create(value.ToString()),
            };
        }
        if (json)
        {
            Console.WriteLine(answer.ToJsonString(Plain));
            return;
        }
        foreach ((string name, JsonNode? value) in answer)
            Console.WriteLine($"{name,-20} {value}");
    }
}
