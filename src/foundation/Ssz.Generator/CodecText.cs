using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Flashback.SszGenerator;

/// <summary>A codec as generated code writes it: its type, and the expression that makes it, in which <c>_preset</c> is the container's preset.</summary>
internal sealed class CodecText
{
    private static readonly CodecText Unknown = new("", "");

    private CodecText(string type, string expression)
    {
        Type = type;
        Expression = expression;
    }

    public string Type { get; }

    public string Expression { get; }

    /// <summary>The codec of a field; what is wrong with its declaration goes to <paramref name="problems"/>.</summary>
    public static CodecText Of(IPropertySymbol property, INamedTypeSymbol? preset, List<Problem> problems)
    {
        Scope scope = new(property, preset, problems);
        CodecText codec = Of(property.Type, 0, scope);
        int bounds = property.GetAttributes().Count(IsBound);
        if (codec != Unknown && bounds != scope.BoundsUsed)
            problems.Add(new Problem(Problem.NoBound, property, property.Name));
        return codec;
    }

    private static CodecText Of(ITypeSymbol type, int depth, Scope scope)
    {
        string name = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        if (type.SpecialType == SpecialType.System_Boolean)
            return Simple("SszBoolean");
        if (IsNumber(type))
            return Simple($"SszNumber<{name}>");
        if (Implements(type, Names.FixedBytes))
            return Simple($"SszBytes<{name}>");
        if (type is IArrayTypeSymbol { Rank: 1 } array)
        {
            if (scope.Bound(depth) is not { } bound || Of(array.ElementType, depth + 1, scope) is not { Type.Length: > 0 } element)
                return Unknown;
            string elementName = array.ElementType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
            return new CodecText($"{Names.Global}SszArray<{elementName}, {element.Type}>", $"new({bound}, {element.Expression})");
        }
        if (type is INamedTypeSymbol container && container.GetAttributes().Any(attribute => attribute.AttributeClass?.ToDisplayString() == Names.ContainerAttribute))
            return OfContainer(container, name, scope);
        if (Implements(type, Names.Collection))
            return scope.Bound(depth) is { } bound ? new CodecText($"{Names.Global}SszCollection<{name}>", $"new({bound}, {scope.PresetText})") : Unknown;
        scope.Report(Problem.UnknownType, name);
        return Unknown;
    }

    private static CodecText OfContainer(INamedTypeSymbol container, string name, Scope scope)
    {
        INamedTypeSymbol? preset = ContainerModel.PresetOf(container);
        if (preset is not null && !SymbolEqualityComparer.Default.Equals(preset, scope.Preset))
            scope.Report(Problem.OtherPreset, name);
        string type = $"{Names.Global}SszContainer<{name}>";
        return preset is null ? new CodecText(type, "default") : new CodecText(type, "new(_preset)");
    }

    private static CodecText Simple(string type) => new(Names.Global + type, "default");

    private static bool IsNumber(ITypeSymbol type) =>
        type.SpecialType is SpecialType.System_Byte or SpecialType.System_UInt16 or SpecialType.System_UInt32 or SpecialType.System_UInt64
        || type.ToDisplayString() is "System.UInt128" or Names.UInt256
        || Implements(type, Names.Number);

    private static bool Implements(ITypeSymbol type, string @interface) => type.AllInterfaces.Any(i => i.OriginalDefinition.ToDisplayString() == @interface);

    private static bool IsBound(AttributeData attribute) => attribute.AttributeClass?.ToDisplayString() is Names.ListAttribute or Names.VectorAttribute;

    /// <summary>The declaration a codec is made for.</summary>
    private sealed class Scope(IPropertySymbol property, INamedTypeSymbol? preset, List<Problem> problems)
    {
        public INamedTypeSymbol? Preset { get; } = preset;

        public int BoundsUsed { get; private set; }

        public string PresetText => Preset is null ? "null" : "_preset";

        public void Report(DiagnosticDescriptor problem, string subject) => problems.Add(new Problem(problem, property, subject));

        /// <summary>The bound of the collection at that depth as text; null, reported, where there is not exactly one.</summary>
        public string? Bound(int depth)
        {
            AttributeData[] attributes = [.. property.GetAttributes().Where(attribute => IsBound(attribute) && DepthOf(attribute) == depth)];
            object? length = attributes.Length == 1 ? attributes[0].ConstructorArguments.FirstOrDefault().Value : null;
            if (length is null or 0UL)
            {
                Report(Problem.NoBound, property.Name);
                return null;
            }
            BoundsUsed++;
            string kind = attributes[0].AttributeClass!.ToDisplayString() == Names.ListAttribute ? "List" : "Vector";
            if (length is not string name)
                return $"{Names.Global}SszBound.{kind}({((IFormattable)length).ToString(null, CultureInfo.InvariantCulture)}UL)";
            if (!PresetHas(name))
                Report(Problem.NoSuchPresetProperty, name);
            return $"{Names.Global}SszBound.{kind}((ulong)_preset.{name})";
        }

        private static int DepthOf(AttributeData attribute) => attribute.NamedArguments.FirstOrDefault(argument => argument.Key == "Depth").Value.Value as int? ?? 0;

        private bool PresetHas(string name)
        {
            for (INamedTypeSymbol? type = Preset; type is not null; type = type.BaseType)
            {
                if (type.GetMembers(name).Any(member => member is IPropertySymbol or IFieldSymbol))
                    return true;
            }
            return false;
        }
    }
}
