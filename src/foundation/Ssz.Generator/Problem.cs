using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Flashback.SszGenerator;

/// <summary>What is wrong with a declaration, and where; compares by value.</summary>
internal sealed class Problem : IEquatable<Problem>
{
    public static readonly DiagnosticDescriptor NotPartial = Descriptor("SSZ001", "The SSZ container {0} and the types around it must be partial, and it must not be generic");
    public static readonly DiagnosticDescriptor NoFields = Descriptor("SSZ002", "The SSZ container {0} has no public property with a setter: it needs at least one field");
    public static readonly DiagnosticDescriptor UnknownType = Descriptor("SSZ003", "{0} is no SSZ type");
    public static readonly DiagnosticDescriptor NoBound = Descriptor("SSZ004", "The collection {0} needs exactly one [SszList] or [SszVector] for each of its depths, and a bound above zero");
    public static readonly DiagnosticDescriptor NoSuchPresetProperty = Descriptor("SSZ005", "The container's preset has no property {0}");
    public static readonly DiagnosticDescriptor OtherPreset = Descriptor("SSZ006", "The container {0} has a preset that is not that of the container it is in");
    public static readonly DiagnosticDescriptor NoConstructor = Descriptor("SSZ007", "The SSZ container {0} has neither a constructor without parameters nor one whose parameters are its fields");

    public static readonly DiagnosticDescriptor BadCondition = Descriptor("SSZ008", "The field {0} that only some networks have must be a list, after the first of the leaves that it makes twice as many, and its preset must have the property that says so");

    private readonly DiagnosticDescriptor _descriptor;
    private readonly string _subject;
    private readonly string _path;
    private readonly TextSpan _span;
    private readonly LinePositionSpan _lines;

    public Problem(DiagnosticDescriptor descriptor, ISymbol at, string subject)
    {
        _descriptor = descriptor;
        _subject = subject;
        Location location = at.Locations[0];
        _path = location.SourceTree?.FilePath ?? "";
        _span = location.SourceSpan;
        _lines = location.GetLineSpan().Span;
    }

    public Diagnostic ToDiagnostic() => Diagnostic.Create(_descriptor, Location.Create(_path, _span, _lines), _subject);

    public bool Equals(Problem? other) => other is not null && _descriptor.Id == other._descriptor.Id && _subject == other._subject && _path == other._path && _span == other._span;

    public override bool Equals(object? obj) => Equals(obj as Problem);

    public override int GetHashCode() => _subject.GetHashCode() ^ _span.GetHashCode();

    private static DiagnosticDescriptor Descriptor(string id, string message) => new(id, message, message, "Ssz", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
