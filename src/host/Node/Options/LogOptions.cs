using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary>What is logged, and how.</summary>
internal sealed record LogSettings(LogLevel Level, bool IsJson)
{
    public ILoggerFactory Open() => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(Level);
        builder.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.AddFilter("Microsoft.Hosting", LogLevel.Warning);
        if (IsJson)
            builder.AddJsonConsole(json => json.UseUtcTimestamp = true);
        else
            builder.AddSimpleConsole(line => (line.SingleLine, line.TimestampFormat) = (true, "HH:mm:ss "));
    });
}

/// <summary>The options of every verb that goes on running.</summary>
internal sealed class LogOptions
{
    private readonly Option<LogLevel> _level;
    private readonly Option<bool> _json = new("--log-json") { Description = "Log in JSON, a line each." };

    public LogOptions(Command command, LogLevel level = LogLevel.Information)
    {
        _level = new("--log-level") { Description = "What is logged.", DefaultValueFactory = _ => level };
        command.Options.Add(_level);
        command.Options.Add(_json);
    }

    public LogSettings Read(ParseResult parsed) => new(parsed.GetValue(_level), parsed.GetValue(_json));
}
