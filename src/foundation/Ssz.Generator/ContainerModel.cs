using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flashback.SszGenerator;

/// <summary>A container as declared: its fields with their codecs, or the problems that keep it from being one.</summary>
internal sealed class ContainerModel
{
    private ContainerModel(INamedTypeSymbol type)
    {
        Type = type;
        Preset = PresetOf(type);
        foreach (IPropertySymbol property in type.GetMembers().OfType<IPropertySymbol>().Where(IsField))
            Fields.Add(new FieldModel(property, CodecText.Of(property, Preset, Problems)));
        for (int i = 0; i < Fields.Count; i++)
        {
            if (Fields[i].Condition is not null && !IsConditionSound(Fields[i], i))
                Problems.Add(new Problem(Problem.BadCondition, type, Fields[i].Name));
        }
        Constructor = FindConstructor();
        if (!IsPartial(type))
            Problems.Add(new Problem(Problem.NotPartial, type, type.Name));
        if (Fields.Count == 0)
            Problems.Add(new Problem(Problem.NoFields, type, type.Name));
        else if (Constructor is null)
            Problems.Add(new Problem(Problem.NoConstructor, type, type.Name));
    }

    public INamedTypeSymbol Type { get; }

    /// <summary>The preset's type, or null.</summary>
    public INamedTypeSymbol? Preset { get; }

    public List<FieldModel> Fields { get; } = [];

    public List<Problem> Problems { get; } = [];

    /// <summary>The constructor to be called: without parameters where there is one, then the properties are set; else one parameter for each field.</summary>
    public IMethodSymbol? Constructor { get; }

    public static ContainerModel Of(INamedTypeSymbol type) => new(type);

    /// <summary>Whether values keep their root.</summary>
    public bool RemembersRoot => RemembersRootOf(Type);

    /// <summary>Whether values keep the roots of their fields.</summary>
    public bool RemembersFields => IsMarked(Type, "RemembersFields");

    /// <summary>Whether values of a type are containers that keep their root, and so never change.</summary>
    public static bool RemembersRootOf(INamedTypeSymbol type) => IsMarked(type, "RemembersRoot");

    /// <summary>The preset of a type marked as a container.</summary>
    public static INamedTypeSymbol? PresetOf(INamedTypeSymbol type) => Mark(type)?.ConstructorArguments.FirstOrDefault().Value as INamedTypeSymbol;

    private bool IsConditionSound(FieldModel field, int place) =>
        field.IsArray && (place & (place - 1)) != 0 && Preset?.GetMembers(field.Condition!).Any(member => member is IPropertySymbol) == true;

    private static bool IsMarked(INamedTypeSymbol type, string how) => Mark(type)?.NamedArguments.FirstOrDefault(argument => argument.Key == how).Value.Value is true;

    private static AttributeData? Mark(INamedTypeSymbol type) =>
        type.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.ToDisplayString() == Names.ContainerAttribute);

    private static bool IsField(IPropertySymbol property) =>
        property is { IsStatic: false, IsIndexer: false, DeclaredAccessibility: Accessibility.Public, SetMethod.DeclaredAccessibility: Accessibility.Public };

    private static bool IsPartial(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? t = type; t is not null; t = t.ContainingType)
        {
            bool partial = t.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() is TypeDeclarationSyntax syntax && syntax.Modifiers.Any(m => m.ValueText == "partial"));
            if (!partial || t.IsGenericType)
                return false;
        }
        return true;
    }

    private IMethodSymbol? FindConstructor() =>
        Type.InstanceConstructors.FirstOrDefault(constructor => constructor.Parameters.IsEmpty)
        ?? Type.InstanceConstructors.FirstOrDefault(constructor =>
            constructor.Parameters.Length == Fields.Count && constructor.Parameters.All(parameter => Fields.Any(field => field.Matches(parameter))));
}

/// <summary>A field: the property, and its codec as text.</summary>
internal sealed class FieldModel(IPropertySymbol property, CodecText codec)
{
    public string Name { get; } = property.Name;

    public string Type { get; } = property.Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    public CodecText Codec { get; } = codec;

    /// <summary>The preset's property that says whether the field is there; null where it is on every network.</summary>
    public string? Condition { get; } =
        property.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.ToDisplayString() == Names.OnlyIfAttribute)?.ConstructorArguments.FirstOrDefault().Value as string;

    /// <summary>Whether the field is there, as an expression over its container's codecs.</summary>
    public string IsThere => $"fields.Has{Name}";

    public bool IsArray { get; } = property.Type is IArrayTypeSymbol;

    /// <summary>How a container that remembers its fields sees that this one has changed.</summary>
    public FieldComparison Comparison { get; } = ComparisonOf(property.Type);

    /// <summary>The specification's name: the property's in snake case, unless an attribute says another.</summary>
    public string SpecName { get; } =
        property.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.ToDisplayString() == Names.NameAttribute)?.ConstructorArguments.FirstOrDefault().Value as string
        ?? SnakeCase(property.Name);

    private static FieldComparison ComparisonOf(ITypeSymbol type) =>
        type.IsValueType && IsEquatable(type) ? FieldComparison.ByValue
        : type is INamedTypeSymbol { IsSealed: true } named && ContainerModel.RemembersRootOf(named) ? FieldComparison.ByReference
        : type.AllInterfaces.Any(implemented => implemented.ToDisplayString() == Names.KnowsRoot) ? FieldComparison.ByKnownRoot
        : FieldComparison.ByNewRoot;

    private static bool IsEquatable(ITypeSymbol type) =>
        type.AllInterfaces.Any(implemented => implemented.OriginalDefinition.ToDisplayString() == "System.IEquatable<T>" && SymbolEqualityComparer.Default.Equals(implemented.TypeArguments[0], type));

    public bool Matches(IParameterSymbol parameter) => string.Equals(parameter.Name, Name, StringComparison.OrdinalIgnoreCase);

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => (i > 0 && char.IsUpper(c) ? "_" : "") + char.ToLowerInvariant(c)));
}

/// <summary>How it is seen that a field is not what it was when it was last hashed.</summary>
internal enum FieldComparison
{
    /// <summary>By its root, found anew.</summary>
    ByNewRoot,

    /// <summary>By its value: a number, or a struct of a few.</summary>
    ByValue,

    /// <summary>By which object it is: an immutable container.</summary>
    ByReference,

    /// <summary>By the root that a collection knows, which is another object once the collection has changed.</summary>
    ByKnownRoot,
}
