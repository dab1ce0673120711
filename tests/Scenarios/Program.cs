using System.Globalization;
using Flashback.Scenarios.Provider;
using Xunit.Runner.InProc.SystemConsole;

// The tests, or, as the kill -9 tests start it, the provider to be killed.
switch (args)
{
    case [ProviderProcess.Verb, var folder, var rpc, var validator, var port]:
        return await ProviderProcess.RunAsync(folder, new Uri(rpc), ulong.Parse(validator, CultureInfo.InvariantCulture), int.Parse(port, CultureInfo.InvariantCulture));
    default:
        return await ConsoleRunner.Run(args);
}
