using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Flashback.Api.Wire;

namespace Flashback.Api.JsonRpc;

/// <summary>What a method is called with.</summary>
/// <param name="Parameters">What the caller sent.</param>
/// <param name="Connection">The caller's socket, where there is one.</param>
/// <param name="Duties">What must be done before anybody is answered.</param>
/// <param name="Cancellation">The caller has gone, or its time is up.</param>
public readonly record struct RpcCall(RpcParameters Parameters, IRpcConnection? Connection, RpcDuties Duties, CancellationToken Cancellation);

/// <summary>A lasting connection that messages can be pushed to.</summary>
public interface IRpcConnection
{
    /// <summary>The subscriptions that live as long as the connection.</summary>
    Subscriptions.SubscriptionSet Subscriptions { get; }
}

/// <summary>An answer, ready to be written.</summary>
public readonly struct RpcAnswer
{
    private readonly object? _value;
    private readonly JsonTypeInfo? _type;

    private RpcAnswer(object? value, JsonTypeInfo? type) => (_value, _type) = (value, type);

    /// <summary>Nothing: null.</summary>
    public static RpcAnswer Null => default;

    /// <summary>A value of a type that <see cref="WireContext"/> knows.</summary>
    public static RpcAnswer Of<T>(T value) => value is null ? default : new RpcAnswer(value, WireContext.Default.GetTypeInfo(typeof(T)));

    internal void WriteTo(Utf8JsonWriter writer)
    {
        if (_type is null)
            writer.WriteNullValue();
        else
            JsonSerializer.Serialize(writer, _value, _type);
    }
}

/// <summary>A method: returns its answer, or throws <see cref="RpcException"/>.</summary>
public delegate ValueTask<RpcAnswer> RpcMethod(RpcCall call);

/// <summary>The methods by their names.</summary>
public sealed class RpcTable
{
    private readonly Dictionary<string, RpcMethod> _methods = new(StringComparer.Ordinal);

    /// <summary>An empty table.</summary>
    public RpcTable() { }

    /// <summary>A table with the methods of another, to which more are added.</summary>
    public RpcTable(RpcTable methods) => _methods = new(methods._methods, StringComparer.Ordinal);

    /// <summary>The names of all methods.</summary>
    public IEnumerable<string> Names => _methods.Keys;

    /// <summary>Adds a method that answers at once.</summary>
    public void Add<T>(string name, Func<RpcCall, T> method) => _methods.Add(name, call => ValueTask.FromResult(RpcAnswer.Of(method(call))));

    /// <summary>Adds a method that answers at once, with one type of answer or another.</summary>
    public void Add(string name, Func<RpcCall, RpcAnswer> method) => _methods.Add(name, call => ValueTask.FromResult(method(call)));

    /// <summary>Adds a method that waits for something.</summary>
    public void Add<T>(string name, Func<RpcCall, ValueTask<T>> method) => _methods.Add(name, async call => RpcAnswer.Of(await method(call).ConfigureAwait(false)));

    internal bool TryFind(string name, out RpcMethod? method) => _methods.TryGetValue(name, out method);
}
