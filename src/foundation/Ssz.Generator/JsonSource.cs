using System.Text;
using static Flashback.SszGenerator.ContainerSource;

namespace Flashback.SszGenerator;

/// <summary>Writes the part of a container that reads and writes JSON.</summary>
internal static class JsonSource
{
    public const string Reader = "global::System.Text.Json.Utf8JsonReader";
    public const string Writer = "global::System.Text.Json.Utf8JsonWriter";

    private const string P = Names.Global;

    public static void Write(StringBuilder text, ContainerModel model)
    {
        string self = model.Type.Name;
        string contract = $"{P}ISszContainer<{self}>.";
        string fresh = model.Preset is null ? "default" : "new(preset)";
        text.AppendLine($$"""
                private static readonly string[] SszNames = [{{Join(", ", model.Fields, field => $"\"{field.SpecName}\"")}}];

                static bool {{contract}}TryReadJson(ref {{Reader}} reader, {{Contract}}, {{MaybeNull}}out {{self}} value, out {{P}}SszFault fault)
                {
                    SszFields fields = {{fresh}};
                    {{P}}SszJsonFieldReader json = new(SszNames{{(model.Fields.Any(field => field.Condition is not null) ? $", {Join(" | ", model.Fields.Where(field => field.Condition is not null), field => $"({field.IsThere} ? 0UL : 1UL << {model.Fields.IndexOf(field)})")}" : "")}});
            {{Join("\n", model.Fields, (field, i) => $"        {field.Type} field{i} = {(field.Condition is null ? "default!" : "[]")};")}}
                    while (json.TryNext(ref reader, out int field))
                    {
                        switch (field)
                        {
            {{Join("\n", model.Fields, (field, i) => $"                case {i}: json.Read<{field.Type}, {field.Codec.Type}>(ref reader, fields.{field.Name}, {i}, ref field{i}); break;")}}
                        }
                    }
                    fault = json.Fault;
                    bool isRead = fault.Rule == {{P}}SszRule.None;
                    value = isRead ? {{Creation(model)}} : default;
                    return isRead;
                }

                void {{contract}}WriteJson({{Contract}}, {{Writer}} writer)
                {
                    SszFields fields = {{fresh}};
                    writer.WriteStartObject();
            {{Join("\n", model.Fields, field => field.Condition is null ? WriteField(field) : $"        if ({field.IsThere})\n        {{\n{WriteField(field)}\n        }}")}}
                    writer.WriteEndObject();
                }

            """);
    }

    private static string WriteField(FieldModel field) => $"        writer.WritePropertyName(\"{field.SpecName}\"u8);\n        fields.{field.Name}.WriteJson({field.Name}, writer);";
}
