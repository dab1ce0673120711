using Flashback.Engine.Tests.Chain;
using Flashback.Engine.Tests.States;
using Flashback.Engine.Tests.Store;
using Xunit.Runner.InProc.SystemConsole;

// The tests, or, as the kill -9 tests start it, the process to be killed.
switch (args)
{
    case [StoreWriter.Verb, var engine, var folder]:
        StoreWriter.WriteForever(engine, folder);
        return 0;
    case [StateWriter.Verb, var folder]:
        StateWriter.WriteForever(folder);
        return 0;
    case [ChainWriter.Verb, var folder]:
        await ChainWriter.ProduceForeverAsync(folder);
        return 0;
    default:
        return await ConsoleRunner.Run(args);
}
