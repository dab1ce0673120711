using System.CommandLine;
using Flashback.Node;

RootCommand root = new("Flashback: one program to stake, to store, and to build on a chain that unites Ethereum with Filecoin.");
root.Subcommands.Add(DatabaseCommand.Create());
root.Subcommands.Add(DevCommand.Create());
root.Subcommands.Add(ExecutionCommand.Create());
root.Subcommands.Add(KeysCommand.Create());
root.Subcommands.Add(ParamsCommand.Create());
root.Subcommands.Add(PieceCommand.Create());
root.Subcommands.Add(ProviderCommand.Create());
root.Subcommands.Add(SectorCommand.Create());
root.Subcommands.Add(SpecTestCommand.Create());
root.Subcommands.Add(VerifyCommands.CreatePost());
root.Subcommands.Add(VerifyCommands.CreateSeal());
root.Subcommands.Add(VerifyCommands.CreateUpdate());
return await root.Parse(args).InvokeAsync();
