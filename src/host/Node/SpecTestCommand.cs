using System.CommandLine;
using Flashback.Conformance;

namespace Flashback.Node;

/// <summary><c>flashback spec-test KIND PATH</c>: runs official test vectors and says where we differ.</summary>
internal static class SpecTestCommand
{
    public static Command Create()
    {
        Argument<string> kind = new("KIND") { Description = "The format of the vectors: " + string.Join("; ", SpecKinds.All.Select(k => $"{k.Name} ({k.Description})")) };
        kind.AcceptOnlyFromAmong([.. SpecKinds.All.Select(k => k.Name)]);
        Argument<string> path = new("PATH") { Description = "A file of vectors, or a folder with files below it." };
        Option<int> sample = new("--one-in") { Description = "Run only about one case in this many.", DefaultValueFactory = _ => 1 };
        sample.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--one-in takes a number from 1 up.");
        });

        Command command = new("spec-test", "Runs official test vectors; prints each failure with what was expected and what came.") { kind, path, sample };
        command.SetAction(parsed => Run(SpecKinds.Named(parsed.GetRequiredValue(kind))!, parsed.GetRequiredValue(path), parsed.GetValue(sample)));
        return command;
    }

    private static int Run(ISpecKind kind, string path, int oneIn)
    {
        if (!Path.Exists(path))
        {
            Console.Error.WriteLine($"spec-test: no file or folder is at {path}");
            return 1;
        }
        SpecSummary summary = SpecRunner.Run(kind, path, Console.Out, oneIn);
        int cases = summary.Passed + summary.Failed + summary.Skipped;
        Console.WriteLine($"{cases} cases in {summary.Elapsed.TotalSeconds:F1} s");
        Console.WriteLine($"{summary.Passed} passed, {summary.Failed} failed, {summary.Skipped} skipped");
        return summary.Failed == 0 ? 0 : 1;
    }
}
