using System.Text.RegularExpressions;

namespace Flashback.House.Tests;

/// <summary>Habits that can be read off the files.</summary>
public partial class SourceTests
{
    private const int LineCeiling = 600;

    /// <summary>Files that are one table, each with its reason.</summary>
    private static readonly Dictionary<string, string> LongTables = [];

    [Fact]
    public void No_source_file_is_longer_than_the_ceiling()
    {
        string[] longer = [.. House.Sources("src", "tests", "benchmarks")
            .Where(file => !LongTables.ContainsKey(file) && House.Read(file).Count(c => c == '\n') > LineCeiling)];
        Assert.Empty(longer);
    }

    [Fact]
    public void Every_long_table_is_still_there_and_still_long() =>
        Assert.Empty(LongTables.Keys.Where(file => !House.Sources("src", "tests").Contains(file) || House.Read(file).Count(c => c == '\n') <= LineCeiling));

    [Fact]
    public void Nothing_is_left_unfinished() => Assert.Empty(Lines(Unfinished(), House.Sources("src", "benchmarks")));

    [Fact]
    public void No_machine_path_is_written_down() => Assert.Empty(Lines(MachinePath(), House.Sources("src", "tests", "benchmarks")));

    [Fact]
    public void No_type_has_a_name_that_says_nothing() => Assert.Empty(Lines(EmptyTypeName(), House.Sources("src")));

    [Fact]
    public void Nothing_is_awaited_by_blocking_and_nothing_is_forgotten() => Assert.Empty(Lines(Blocking(), House.Sources("src")));

    [Fact]
    public void Files_use_spaces_unix_line_ends_and_end_with_a_newline()
    {
        string[] odd = [.. House.Sources("src", "tests", "benchmarks").Where(file =>
        {
            string text = House.Read(file);
            return text.Contains('\r') || text.Contains('\t') || !text.EndsWith('\n') || text.EndsWith("\n\n", StringComparison.Ordinal);
        })];
        Assert.Empty(odd);
    }

    /// <summary>The parts of docs/PROTOCOL.md that comments cite as <c>spec: ours#N</c> are its numbered sections.</summary>
    [Fact]
    public void Citations_of_our_own_protocol_lead_somewhere()
    {
        HashSet<string> sections = [.. ProtocolSection().Matches(House.Read("docs/PROTOCOL.md")).Select(m => m.Groups[1].Value)];
        Assert.NotEmpty(sections);
        string[] dangling = [.. from file in House.Sources("src")
                                from Match citation in OwnCitation().Matches(House.Read(file))
                                where !sections.Contains(citation.Groups[1].Value)
                                select $"{file}: {citation.Value}"];
        Assert.Empty(dangling);
    }

    /// <summary>docs/SECURITY.md says which test shows the end of which cheat, as <c>Class.Method</c>, or the class or, after dots, the method alone.</summary>
    [Fact]
    public void Tests_that_the_security_page_names_are_there()
    {
        string tests = string.Concat(House.Sources("tests").Select(House.Read));
        string[] named = [.. NamedTest().Matches(House.Read("docs/SECURITY.md")).SelectMany(name => name.Groups.Values.Skip(1)).Where(part => part.Length > 0).Select(part => part.Value).Distinct()];
        Assert.NotEmpty(named);
        Assert.Empty(named.Where(name => !Regex.IsMatch(tests, $@"\b(class|Task|void) {name}\b")));
    }

    [Fact]
    public void Packages_have_one_version_for_the_whole_house()
    {
        string[] projects = Directory.GetFiles(House.Root, "*.csproj", SearchOption.AllDirectories);
        Assert.Empty(projects.Where(project => PackageVersion().IsMatch(File.ReadAllText(project))));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = House.Read("Flashback.slnx");
        string[] projects = [.. new[] { "src", "tests", "benchmarks" }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(House.Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(House.Root, path))];
        Assert.Empty(projects.Where(project => !solution.Contains($"\"{project}\"", StringComparison.Ordinal)));
    }

    private static string[] Lines(Regex forbidden, IEnumerable<string> files) => [.. from file in files
                                                                                     let lines = House.Read(file).Split('\n')
                                                                                     from i in Enumerable.Range(0, lines.Length)
                                                                                     where forbidden.IsMatch(lines[i])
                                                                                     select $"{file}:{i + 1}: {lines[i].Trim()}"];

    [GeneratedRegex(@"NotImplementedException|\b(TODO|FIXME|HACK|XXX)\b|#region")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"(^|[^\w.-])/(work|root|home)/")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\b(class|struct|record|interface|enum) \w+(Manager|Helper|Helpers|Processor|Info|Base|Impl|Utils)\b")]
    private static partial Regex EmptyTypeName();

    [GeneratedRegex(@"\basync void\b|\.GetAwaiter\(\)\.GetResult\(\)")]
    private static partial Regex Blocking();

    [GeneratedRegex(@"^## (\d+)\. ", RegexOptions.Multiline)]
    private static partial Regex ProtocolSection();

    [GeneratedRegex(@"spec: ours#([\w-]+)")]
    private static partial Regex OwnCitation();

    [GeneratedRegex(@"`(?:(\w+Tests)(?:\.(\w+))?|…(\w+))`")]
    private static partial Regex NamedTest();

    [GeneratedRegex("<PackageReference [^>]*Version=")]
    private static partial Regex PackageVersion();
}
