using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Flashback.Benchmarks.Chain;
using Flashback.Benchmarks.Consensus;
using Flashback.Benchmarks.Execution;
using Flashback.Benchmarks.Gateway;
using Flashback.Benchmarks.Proofs;
using Flashback.Benchmarks.Provider;
using Flashback.Benchmarks.Spacetime;

if (args is ["--evm", .. var names])
{
    await EvmThroughput.PrintAsync(names);
    return;
}

if (args is ["--blocks", .. var tests])
{
    BlockThroughput.Print(tests);
    return;
}

if (args is ["--snark"])
{
    await SnarkThroughput.PrintAsync();
    return;
}

if (args is ["--node"])
{
    NodeThroughput.Print();
    return;
}

if (args is ["--beacon", _, _, ..])
{
    BeaconThroughput.Print(args[1..]);
    return;
}

if (args is ["--storage"])
{
    StorageThroughput.Print();
    return;
}

if (args is ["--delivery"])
{
    await DeliveryThroughput.PrintAsync();
    return;
}

if (args is [DeliveryThroughput.ServerVerb, var folder])
{
    await DeliveryThroughput.ServeAsync(folder);
    return;
}

if (args is ["--gateway"])
{
    await GatewayThroughput.PrintAsync();
    return;
}

if (args is [GatewayThroughput.ServerVerb, var gateway])
{
    await GatewayThroughput.ServeAsync(gateway);
    return;
}

// In process: BenchmarkDotNet's generated projects would not know this house's build settings, and one process starts quicker.
var config = ManualConfig.Create(DefaultConfig.Instance)
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .WithOptions(ConfigOptions.DisableLogFile);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
