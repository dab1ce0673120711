using Flashback.Primitives;
using Flashback.SszGenerator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Flashback.Foundation.Tests;

/// <summary>What the generator says of declarations that are no containers. What it writes for good ones, the other tests run.</summary>
public class SszGeneratorTests
{
    [Theory]
    [InlineData("[SszContainer] public class A { public ulong X { get; set; } }", "SSZ001")]
    [InlineData("public class Outer { [SszContainer] public partial class A { public ulong X { get; set; } } }", "SSZ001")]
    [InlineData("[SszContainer] public partial class A<T> { public ulong X { get; set; } }", "SSZ001")]
    [InlineData("[SszContainer] public partial class A { public ulong X => 1; }", "SSZ002")]
    [InlineData("[SszContainer] public partial class A { public int X { get; set; } }", "SSZ003")]
    [InlineData("[SszContainer] public partial class A { [SszList(3)] public string[] X { get; set; } }", "SSZ003")]
    [InlineData("[SszContainer] public partial class A { public ulong[] X { get; set; } }", "SSZ004")]
    [InlineData("[SszContainer] public partial class A { [SszList(3)] public ulong X { get; set; } }", "SSZ004")]
    [InlineData("[SszContainer] public partial class A { [SszList(0)] public ulong[] X { get; set; } }", "SSZ004")]
    [InlineData("[SszContainer] public partial class A { [SszList(3), SszVector(3)] public ulong[] X { get; set; } }", "SSZ004")]
    [InlineData("[SszContainer] public partial class A { [SszList(3)] public ulong[][] X { get; set; } }", "SSZ004")]
    [InlineData("[SszContainer] public partial class A { [SszList(\"Most\")] public ulong[] X { get; set; } }", "SSZ005")]
    [InlineData("[SszContainer(typeof(P))] public partial class A { [SszList(\"Least\")] public ulong[] X { get; set; } }", "SSZ005")]
    [InlineData("[SszContainer] public partial class A { public B X { get; set; } } [SszContainer(typeof(P))] public partial class B { [SszList(\"Most\")] public ulong[] Y { get; set; } }", "SSZ006")]
    [InlineData("[SszContainer] public partial class A { public A(int q) { } public ulong X { get; set; } }", "SSZ007")]
    [InlineData("[SszContainer(typeof(P))] public partial class A { [SszOnlyIf(\"Odd\"), SszList(3)] public ulong[] X { get; set; } }", "SSZ008")]
    [InlineData("[SszContainer(typeof(P))] public partial class A { public ulong W { get; set; } public ulong V { get; set; } public ulong U { get; set; } [SszOnlyIf(\"Never\"), SszList(3)] public ulong[] X { get; set; } }", "SSZ008")]
    [InlineData("[SszContainer(typeof(P))] public partial class A { public ulong W { get; set; } public ulong V { get; set; } public ulong U { get; set; } [SszOnlyIf(\"Odd\")] public ulong X { get; set; } }", "SSZ008")]
    public void Says_what_is_wrong_with_a_declaration(string declaration, string id) =>
        Assert.Contains(id, Generate(declaration).Select(diagnostic => diagnostic.Id));

    [Theory]
    [InlineData("[SszContainer] public partial class A { public ulong X { get; set; } }")]
    [InlineData("[SszContainer] public partial record A(ulong X, Hash32 Y);")]
    [InlineData("[SszContainer] public partial record struct A(ulong X);")]
    [InlineData("[SszContainer] public partial struct A { public bool X { get; set; } }")]
    [InlineData("public partial class Outer { [SszContainer] public partial class A { public ulong X { get; set; } public ulong Twice => 2 * X; } }")]
    [InlineData("[SszContainer(typeof(P))] public partial class A { [SszList(\"Most\"), SszVector(2, Depth = 1)] public ulong[][] X { get; set; } }")]
    [InlineData("[SszContainer(typeof(P))] public partial record A(ulong W, ulong V, ulong U, [property: SszOnlyIf(\"Odd\"), SszList(3)] ulong[] X);")]
    [InlineData("[SszContainer(RemembersFields = true)] public partial class A { [SszName(\"x_1\")] public B X { get; set; } public ulong Y { get; set; } } [SszContainer] public partial record struct B(ulong Z);")]
    public void Writes_code_that_compiles(string declaration) => Assert.Empty(Generate(declaration).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));

    private static IEnumerable<Diagnostic> Generate(string declaration)
    {
        const string Around = "using Flashback.Primitives; namespace Sample; public sealed class P : ISszPreset { public ulong Most => 4; public bool Odd => true; } ";
        IEnumerable<MetadataReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Append(typeof(Hash32).Assembly.Location)
            .Distinct()
            .Select(path => MetadataReference.CreateFromFile(path));
        CSharpCompilation compilation = CSharpCompilation.Create("Sample", [CSharpSyntaxTree.ParseText(Around + declaration)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        GeneratorDriver driver = CSharpGeneratorDriver.Create(new ContainerGenerator());
        driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out System.Collections.Immutable.ImmutableArray<Diagnostic> problems);
        return problems.Concat(problems.IsEmpty ? output.GetDiagnostics() : []);
    }
}
