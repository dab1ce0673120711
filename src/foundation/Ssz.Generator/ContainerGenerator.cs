using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Flashback.SszGenerator;

/// <summary>Writes codec, Merkle leaves and generalized indices of every type marked as an SSZ container.</summary>
/// <remarks>What flows between the steps is text, which compares by value: a key stroke elsewhere generates nothing anew.</remarks>
[Generator]
public sealed class ContainerGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<Output> outputs = context.SyntaxProvider.ForAttributeWithMetadataName(
            Names.ContainerAttribute,
            static (node, _) => node is TypeDeclarationSyntax,
            static (match, _) => Generate((INamedTypeSymbol)match.TargetSymbol));
        context.RegisterSourceOutput(outputs, static (production, output) =>
        {
            foreach (Problem problem in output.Problems)
                production.ReportDiagnostic(problem.ToDiagnostic());
            if (output.Problems.Count == 0)
                production.AddSource(output.FileName, SourceText.From(output.Text, Encoding.UTF8));
        });
    }

    private static Output Generate(INamedTypeSymbol type)
    {
        ContainerModel model = ContainerModel.Of(type);
        return new Output(type.ToDisplayString() + ".Ssz.g.cs", model.Problems.Count == 0 ? ContainerSource.Write(model) : "", model.Problems);
    }

    /// <summary>A file to be, or what keeps it from being.</summary>
    private sealed class Output(string fileName, string text, IReadOnlyList<Problem> problems) : IEquatable<Output>
    {
        public string FileName { get; } = fileName;

        public string Text { get; } = text;

        public IReadOnlyList<Problem> Problems { get; } = problems;

        public bool Equals(Output? other) => other is not null && FileName == other.FileName && Text == other.Text && Problems.SequenceEqual(other.Problems);

        public override bool Equals(object? obj) => Equals(obj as Output);

        public override int GetHashCode() => FileName.GetHashCode() ^ Text.GetHashCode();
    }
}
