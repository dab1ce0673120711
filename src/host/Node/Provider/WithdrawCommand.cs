using System.CommandLine;
using Flashback.Chain.Beacon;
using Flashback.Client;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Node;

/// <summary><c>flashback provider withdraw</c>: takes what deals have put aside in Market for the owner, fees and collateral.</summary>
internal static class WithdrawCommand
{
    public static Command Create()
    {
        Option<Uri?> rpc = ProviderOptions.Rpc(required: true);
        Option<FileInfo> network = ProviderOptions.Network(required: true);
        Option<FileInfo> key = ProviderOptions.Key("--owner-key", "owner's (the withdrawal address's)", required: true);
        Option<string?> to = new("--to") { Description = "Who gets it; without it the owner." };
        Option<bool> json = Answer.JsonOption();
        to.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !FixedBytes.TryParse(text, out Address _))
                result.AddError("--to takes an address.");
        });
        Command command = new("withdraw", "Takes what deals have put aside in Market: fees and collateral.") { rpc, network, key, to, json };
        command.SetAction((parsed, stop) => ProviderOptions.RunAsync(
            async () =>
            {
                NetworkGenesis genesis = NetworkFile.Read(parsed.GetRequiredValue(network)!.FullName);
                using Secp256k1SecretKey owner = AccountKeyFile.Read(parsed.GetRequiredValue(key)!.FullName);
                using ExecutionClient node = ProviderOptions.Connect(parsed.GetRequiredValue(rpc)!);
                using TransactionSender sender = ProviderOptions.SenderOf(node, owner, new OneJournal(), genesis);
                Address payee = parsed.GetValue(to) is { } text ? FixedBytes.Parse<Address>(text) : sender.Account;
                UInt256 credit = await MarketContract.GetCreditAsync(node, sender.Account, stop).ConfigureAwait(false);
                if (credit == UInt256.Zero)
                    throw new InvalidDataException($"nothing is put aside for {sender.Account}");
                ExecutionReceipt receipt = await sender.SendAsync(MarketContract.Withdraw(payee), stop).ConfigureAwait(false) ?? throw new InvalidDataException("another transaction of this account took its place");
                Answer.Write(parsed.GetValue(json), ("wei", (System.Numerics.BigInteger)credit), ("to", payee), ("transaction", receipt.TransactionHash), ("gas", (long)receipt.GasUsed), ("success", receipt.IsSuccess));
                return receipt.IsSuccess ? 0 : 1;
            },
            MarketContract.Errors));
        return command;
    }
}
