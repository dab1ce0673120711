using System.Diagnostics;
using System.Globalization;
using Flashback.State.Store.Sqlite;
using Flashback.Testing;
using Flashback.Validator;

namespace Flashback.Roles.Tests.Validator;

/// <summary>The process that is killed: this test program started with <see cref="Verb"/>, asking to sign until it dies.</summary>
internal static class SigningProcess
{
    public const string Verb = "sign-forever";

    public const int Keys = 4;

    /// <summary>Threads that ask for one key each, epoch after epoch, and write key and epoch on a line when they may sign.</summary>
    public static void SignForever(string folder)
    {
        using SqliteStore store = SqliteStore.Open(folder, SlashingProtection.Columns);
        SlashingProtection protection = SlashingProtection.Open(store, ProtectionTests.RootOf(1));
        Thread[] threads = [.. Enumerable.Range(0, Keys).Select(key => new Thread(() =>
        {
            ulong epoch = Last(protection, key);
            while (true)
            {
                epoch++;
                if (protection.Record(ProtectionTests.KeyOf(key), new SignedAttestation(new(epoch - 1), new(epoch), ProtectionTests.RootOf((int)epoch))) is null)
                {
                    Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key} {epoch}."));
                    Console.Out.Flush();
                }
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
    }

    /// <summary>Starts the process, kills it after a while, and returns what it said it may sign.</summary>
    public static List<(int Key, ulong Epoch)> RunAndKill(string folder, TimeSpan after)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, [Verb, folder]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("the process did not start");
        List<(int, ulong)> signed = [];
        Assert.True(Next(process, signed), "the process ended before its first signature");
        Task reading = Task.Run(() =>
        {
            while (Next(process, signed))
            {
            }
        });
        Thread.Sleep(after);
        process.Kill(); // SIGKILL
        process.WaitForExit();
        reading.Wait();
        return signed;
    }

    public static ulong Last(SlashingProtection protection, int key) =>
        protection.Export([ProtectionTests.KeyOf(key)]).Keys[0].Attestations.Select(vote => vote.Target.Value).DefaultIfEmpty().Max();

    private static bool Next(Process process, List<(int, ulong)> signed)
    {
        if (process.StandardOutput.ReadLine() is not { } line)
            return false;
        if (line.EndsWith('.')) // the kill may have cut the last line short
        {
            string[] parts = line[..^1].Split(' ');
            signed.Add((int.Parse(parts[0], CultureInfo.InvariantCulture), ulong.Parse(parts[1], CultureInfo.InvariantCulture)));
        }
        return true;
    }
}

public sealed class ProtectionCrashTests
{
    /// <summary>A child process signs from many threads; it is killed at a random moment; what it said it signed must be there, so that nothing else is signed beside it.</summary>
    [Fact]
    public void Kill_9_forgets_no_signature() => Seeds.Check(random =>
    {
        string folder = Directory.CreateTempSubdirectory("flashback-protection-").FullName;
        try
        {
            for (int round = 0; round < 4; round++)
            {
                List<(int Key, ulong Epoch)> signed = SigningProcess.RunAndKill(folder, TimeSpan.FromMilliseconds(random.Next(100, 500)));
                using SqliteStore store = SqliteStore.Open(folder, SlashingProtection.Columns);
                SlashingProtection protection = SlashingProtection.Open(store, ProtectionTests.RootOf(1));
                foreach ((int key, ulong epoch) in signed)
                    Assert.NotNull(protection.Record(ProtectionTests.KeyOf(key), new SignedAttestation(new(epoch - 1), new(epoch), ProtectionTests.RootOf(-1))));
                foreach (IGrouping<int, (int Key, ulong Epoch)> key in signed.GroupBy(line => line.Key))
                    Assert.True(SigningProcess.Last(protection, key.Key) >= key.Max(line => line.Epoch));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    });
}
