using Flashback.Roles.Tests.Gateway;
using Flashback.Roles.Tests.Validator;
using Xunit.Runner.InProc.SystemConsole;

// The tests, or, as a kill -9 test starts it, the process to be killed.
switch (args)
{
    case [SigningProcess.Verb, var folder]:
        SigningProcess.SignForever(folder);
        return 0;
    case [StoringProcess.Verb, var folder]:
        await StoringProcess.StoreForeverAsync(folder);
        return 0;
    default:
        return await ConsoleRunner.Run(args);
}
