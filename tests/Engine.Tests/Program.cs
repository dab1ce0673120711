using Flashback.Engine.Tests.Store;
using Xunit.Runner.InProc.SystemConsole;

// The tests, or, as the kill -9 test starts it, the process to be killed.
if (args is [StoreWriter.Verb, var engine, var folder])
{
    StoreWriter.WriteForever(engine, folder);
    return 0;
}
return await ConsoleRunner.Run(args);
