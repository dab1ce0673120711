using System.CommandLine;
using System.Globalization;
using Flashback.Files;

namespace Flashback.Node;

/// <summary><c>flashback deals</c> and <c>wallet</c>: what a gateway pays for, and from what.</summary>
internal static class AccountCommands
{
    public static Command Deals()
    {
        Command command = new("deals", "Lists the deals that a gateway pays for: piece, providers, end, cost.");
        return GatewayRequest.Finish(command, async (parsed, client, stop) =>
        {
            IReadOnlyList<RemoteDeal> deals = await client.ListDealsAsync(stop).ConfigureAwait(false);
            if (parsed.GetValue(GatewayRequest.Json))
            {
                FileJson.Write(deals, FileJson.Plain.IReadOnlyListRemoteDeal);
                return 0;
            }
            foreach (RemoteDeal deal in deals)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{deal.Number,6}  {deal.State,-12}  until {deal.End.UtcDateTime:yyyy-MM-dd HH:mm}, {deal.RunwayDays:0.##} days  {deal.Cost} FLASH, {deal.CostPerDay} a day  {deal.PaddedBytes,14:N0} bytes  {deal.Commitment}"));
                foreach (RemoteCopy copy in deal.Providers)
                    Console.WriteLine($"        {copy.State,-11} {GatewayRequest.Name(copy)}, deal {deal.Contract}");
            }
            return 0;
        });
    }

    public static Command Wallet()
    {
        Command command = new("wallet", "Tells of the account that a gateway pays from: what it has, what lies in deals, what a day costs, and how long it lasts.");
        return GatewayRequest.Finish(command, async (parsed, client, stop) =>
        {
            RemoteWallet wallet = await client.GetWalletAsync(stop).ConfigureAwait(false);
            if (parsed.GetValue(GatewayRequest.Json))
                FileJson.Write(wallet, FileJson.Plain.RemoteWallet);
            else
                Answer.Write(json: false, ("address", wallet.Address), ("balance", $"{wallet.Balance} FLASH"), ("in deals", $"{wallet.Escrowed} FLASH"), ("credit in Market", $"{wallet.Credit} FLASH"), ("costs", $"{wallet.CostPerDay} FLASH a day"), ("paid until", wallet.PaidUntil?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)), ("runway", wallet.RunwayDays is { } days ? string.Create(CultureInfo.InvariantCulture, $"{days:N0} days more") : null));
            return 0;
        });
    }
}
