using System.CommandLine;
using System.Text.Json;
using Flashback.Provider;
using Spectre.Console;

namespace Flashback.Node;

/// <summary><c>flashback provider pledge | extend | terminate | status</c>: what an operator tells the provider's service, and what it tells.</summary>
internal static class OrderCommands
{
    private static readonly Option<string?> Folder = ProviderOptions.Folder(required: true);
    private static readonly Option<bool> Json = Answer.JsonOption();
    private static readonly Argument<ulong[]> Sectors = new("SECTOR") { Description = "Numbers of sectors.", Arity = ArgumentArity.OneOrMore };

    public static Command Pledge()
    {
        Argument<int> count = new("COUNT") { Description = "How many." };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1_000_000)
                result.AddError("COUNT is from 1 to 1000000.");
        });
        Option<ulong> periods = new("--periods") { Description = "Proving periods that they are committed for; no less than the network asks for.", DefaultValueFactory = _ => 540 };
        Option<ulong> cadence = new("--cadence") { Description = "Proofs in a proving period.", DefaultValueFactory = _ => 1 };
        Command command = new("pledge", "Orders sectors without data: committed capacity.") { count, Folder, periods, cadence, Json };
        command.SetAction(parsed => Place(parsed, new ProviderOrder { Kind = OrderKind.Pledge, Count = parsed.GetValue(count), Periods = parsed.GetValue(periods), Cadence = parsed.GetValue(cadence) }));
        return command;
    }

    public static Command Extend()
    {
        Option<ulong> periods = new("--periods") { Description = "Proving periods from now on.", Required = true };
        Command command = new("extend", "Orders that sectors are committed for longer.") { Sectors, Folder, periods, Json };
        command.SetAction(parsed => Place(parsed, new ProviderOrder { Kind = OrderKind.Extend, Sectors = parsed.GetRequiredValue(Sectors), Periods = parsed.GetValue(periods) }));
        return command;
    }

    public static Command Terminate()
    {
        Command command = new("terminate", "Orders that sectors end before their time: it costs the termination fee of each.") { Sectors, Folder, Json };
        command.SetAction(parsed => Place(parsed, new ProviderOrder { Kind = OrderKind.Terminate, Sectors = parsed.GetRequiredValue(Sectors) }));
        return command;
    }

    public static Command Status()
    {
        Option<string> url = new("--url") { Description = "Where the provider answers.", DefaultValueFactory = _ => "http://127.0.0.1:8600" };
        Command command = new("status", "Shows a running provider: sectors, windows, faults, what is at risk, disks, deals, work.") { url, Json };
        command.SetAction((parsed, stop) => ProviderOptions.RunAsync(
            async () =>
            {
                using HttpClient client = new() { BaseAddress = new Uri(parsed.GetRequiredValue(url)), Timeout = TimeSpan.FromSeconds(10) };
                string text = await client.GetStringAsync(new Uri("status", UriKind.Relative), stop).ConfigureAwait(false);
                if (parsed.GetValue(Json))
                    Console.WriteLine(text);
                else
                    Show(JsonSerializer.Deserialize<ProviderStatus>(text, JsonSerializerOptions.Web) ?? throw new InvalidDataException("the provider answers nothing"));
                return 0;
            },
            []));
        return command;
    }

    private static int Place(ParseResult parsed, ProviderOrder order) => Answer.Run(() =>
    {
        string name = order.Place(new ProviderSettings(parsed.GetRequiredValue(Folder)!).Orders);
        Answer.Write(parsed.GetValue(Json), ("order", name), ("taken", "by the running service, or when it starts"));
    });

    private static void Show(ProviderStatus s)
    {
        Console.WriteLine($"provider {s.Provider} at slot {s.Slot}, {(s.IsActive ? "active" : "ENDED")}; operator {s.Operator} has {s.OperatorBalanceWei} wei");
        Console.WriteLine($"sectors: {s.Sectors.Live} live, {s.Sectors.Faulty} faulty, {s.Sectors.Recovering} recovering, {s.Sectors.Sealing} sealing; {s.Sectors.Committed} of {s.CoveredSectors} that the stake covers");
        Console.WriteLine($"at risk: {s.AtRiskNextWindowsGwei} Gwei if nothing is proven next, {s.AtRiskTerminationGwei} Gwei if all ends now; owed {s.DebtGwei} Gwei");
        foreach (DiskLine d in s.Disks)
            Console.WriteLine($"disk {d.Folder}: {(d.Answers ? "" : "DOES NOT ANSWER, ")}{d.RoomBytes >> 20} MiB free, {d.Sectors} sectors read in {d.MedianMs:0.0} ms median, {d.LargestMs:0.0} ms largest{(d.SlowestSector is { } slowest ? $" (sector {slowest})" : "")}");
        Table windows = Titled("partition", "window", "challenge", "opens", "closes", "state", "live", "faulty");
        foreach (WindowLine w in s.Windows)
            windows.AddRow($"{w.Partition}", $"{w.Window}", $"{w.Challenge}", $"{w.Opens}", $"{w.Closes}", Markup.Escape(w.State), $"{w.Live}", $"{w.Faulty}");
        AnsiConsole.Write(windows);
        Console.WriteLine($"deals: {s.Income.Expected} wei expected, {s.Income.Landed} landed; the owner can withdraw {s.Income.Credit}");
        if (s.Deals.Count > 0)
        {
            Table deals = Titled("deal", "state", "bytes", "sector", "end", "fee", "paid", "reason");
            foreach (DealLine line in s.Deals)
                deals.AddRow($"{line.Deal}", line.State, $"{line.PieceBytes}", $"{line.Sector}", $"{line.End}", line.FeeWei, line.PaidWei ?? "", Markup.Escape(line.Reason ?? ""));
            AnsiConsole.Write(deals);
        }
        Table queue = Titled("work", "state", "failed", "reason");
        foreach (WorkLine line in s.Queue)
            queue.AddRow(Markup.Escape(line.Id), line.State, $"{line.Attempts}", Markup.Escape(line.Reason ?? ""));
        AnsiConsole.Write(queue);
        foreach (string alert in s.Alerts)
            Console.WriteLine($"! {alert}");
    }

    private static Table Titled(params string[] columns)
    {
        Table table = new() { Border = TableBorder.Simple };
        foreach (string column in columns)
            table.AddColumn(column);
        return table;
    }
}
