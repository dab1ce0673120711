using System.Diagnostics;
using Flashback.Chain;

namespace Flashback.Engine.Tests.Chain;

/// <summary>The process that is killed: this test program started with <see cref="Verb"/>, producing blocks under load until it dies.</summary>
internal static class ChainWriter
{
    /// <summary>The first argument that makes the test program a producer instead (see Program.cs).</summary>
    public const string Verb = "chain-writer";

    public static readonly ChainOptions Options = new() { RevertibleBlocks = 5 };

    /// <summary>Adds transactions as fast as blocks take them, and writes each block's number, hash and root on a line when it is the head.</summary>
    public static async Task ProduceForeverAsync(string folder)
    {
        using DevChain dev = new(folder, chain: Options);
        dev.Chain.HeadChanged += change =>
        {
            ExecutedBlock block = change.Now.Head;
            Console.Out.WriteLine($"{block.Number} {block.Hash} {block.Header.StateRoot}");
            Console.Out.Flush();
        };
        Task producing = dev.MineUntilAsync(CancellationToken.None);
        while (!producing.IsCompleted)
        {
            for (int account = 0; account < DevChain.Accounts; account++)
            {
                ulong nonce = dev.Pool.NextNonceOf(DevChain.AddressOf(account));
                dev.Pool.Add(account % 2 == 0 ? DevChain.Sign(account, nonce) : DevChain.Log(account, nonce, nonce % 7, nonce));
            }
        }
        await producing;
    }

    /// <summary>Starts the producer, kills it some time after its first block, and returns the last line that it wrote whole.</summary>
    public static string RunAndKill(string folder, TimeSpan after)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, [Verb, folder]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("the producer did not start");
        string? line = process.StandardOutput.ReadLine();
        Assert.NotNull(line);
        Task<string> rest = Task.Run(process.StandardOutput.ReadToEnd);
        Thread.Sleep(after);
        process.Kill(); // SIGKILL
        process.WaitForExit();
        string whole = rest.Result;
        return whole[..(whole.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Prepend(line).Last();
    }
}
