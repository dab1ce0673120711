using System.CommandLine;

namespace Flashback.Node;

/// <summary><c>flashback keys …</c>: a validator's keys, from the words they come from to what is signed with them once.</summary>
/// <remarks>Secrets come from a file or a prompt, never from the command line, and go into files that only their owner reads.</remarks>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "Makes validators' keys, keeps them, and signs what is signed once: deposits, exits, changes of credentials.")
    {
        MnemonicCommands.New(), MnemonicCommands.Derive(), MnemonicCommands.BlsChange(),
        FolderCommands.Import(), FolderCommands.List(), FolderCommands.Delete(),
        StakeCommands.DepositData(), StakeCommands.Exit(), StakeCommands.Compound(), StakeCommands.Withdraw(),
        new Command("protection", "Hands on what keys have signed, so that nothing is signed beside it. Stop whatever signs with them first.") { ProtectionCommands.Export(), ProtectionCommands.Import() },
    };
}
