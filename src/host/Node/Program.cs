using System.CommandLine;
using Flashback.Node;

(string Name, Func<Command> Create)[] verbs =
[
    ("db", DatabaseCommand.Create), ("deals", AccountCommands.Deals), ("dev", DevCommand.Create), ("devnet", DevnetCommand.Create), ("execution", ExecutionCommand.Create),
    ("gateway", GatewayCommand.Create), ("genesis", GenesisCommand.Create), ("get", FileCommands.Get), ("keys", KeysCommand.Create), ("ls", FileCommands.List),
    ("node", NodeCommand.Create), ("params", ParamsCommand.Create), ("piece", PieceCommand.Create), ("provider", ProviderCommand.Create), ("put", PutCommand.Create),
    ("rm", FileCommands.Remove), ("sector", SectorCommand.Create), ("spec-test", SpecTestCommand.Create), ("stat", FileCommands.Stat),
    ("verify-post", VerifyCommands.CreatePost), ("verify-seal", VerifyCommands.CreateSeal), ("verify-update", VerifyCommands.CreateUpdate),
    ("wallet", AccountCommands.Wallet),
];

// Options of verbs that nobody asked for would be a good part of the time until a node answers.
string? asked = args.Length > 0 && verbs.Any(verb => verb.Name == args[0]) ? args[0] : null;
RootCommand root = new("Flashback: one program to stake, to store, and to build on a chain that unites Ethereum with Filecoin.");
foreach ((string name, Func<Command> create) in verbs)
{
    if (asked is null || name == asked)
        root.Subcommands.Add(create());
}
return await root.Parse(args).InvokeAsync();
