using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;
using Flashback.Roles.Tests.Gateway;
using Flashback.Testing;

namespace Flashback.Roles.Tests.Files;

/// <summary>The package <c>Flashback.Files</c>: nothing else comes with it, and a program outside of this house builds on it and puts and gets a file.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-package-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_program_elsewhere_puts_and_gets_by_the_package_alone()
    {
        string feed = Directory.CreateDirectory(Path.Combine(_folder, "feed")).FullName, program = Directory.CreateDirectory(Path.Combine(_folder, "program")).FullName;
        await RunAsync(Vectors.Checkout, "dotnet", "pack", "src/surface/Files/Flashback.Files.csproj", "-c", "Release", "--no-build", "--nologo", "-o", feed);
        string package = Assert.Single(Directory.GetFiles(feed, "*.nupkg")), version = Path.GetFileNameWithoutExtension(package)["Flashback.Files.".Length..];
        using (ZipArchive archive = await ZipFile.OpenReadAsync(package, TestContext.Current.CancellationToken))
        {
            Assert.Contains("README.md", archive.Entries.Select(entry => entry.FullName));
            Assert.Contains("lib/net10.0/Flashback.Files.xml", archive.Entries.Select(entry => entry.FullName));
            using Stream described = await archive.GetEntry("Flashback.Files.nuspec")!.OpenAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain((await XDocument.LoadAsync(described, LoadOptions.None, TestContext.Current.CancellationToken)).Descendants(), element => element.Name.LocalName == "dependency");
        }

        File.Copy(Path.Combine(Vectors.Checkout, "examples", "PutAndGet", "Program.cs"), Path.Combine(program, "Program.cs"));
        await File.WriteAllTextAsync(Path.Combine(program, "Elsewhere.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestoreSources>{feed}</RestoreSources>
                <RestorePackagesPath>{Path.Combine(_folder, "packages")}</RestorePackagesPath>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Flashback.Files" Version="{version}" />
              </ItemGroup>
            </Project>
            """, TestContext.Current.CancellationToken);
        await RunAsync(program, "dotnet", "build", "-c", "Release", "--nologo", "-o", "built");

        await using GatewayHost host = await GatewayHost.StartAsync();
        string file = Path.Combine(_folder, "file"), token = Path.Combine(_folder, "token");
        await File.WriteAllBytesAsync(file, new byte[1_500_000], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(token, host.Token, TestContext.Current.CancellationToken);
        string told = await RunAsync(program, "dotnet", Path.Combine("built", "Elsewhere.dll"), host.Files.ToString(), token, file);
        Assert.Equal(2, told.Split('\n').Count(line => line.EndsWith("came back as it was", StringComparison.Ordinal)));
    }

    private static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await output + await errors);
        return await output;
    }
}
