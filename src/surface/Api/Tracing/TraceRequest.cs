using System.Text.Json;
using Flashback.Api.Wire;
using Flashback.Primitives;

namespace Flashback.Api.Tracing;

/// <summary>Which tracer a caller wants, and how. spec: go-ethereum debug_traceTransaction</summary>
public sealed record TraceRequest
{
    /// <summary>"callTracer", "prestateTracer", "noopTracer"; null for struct logs.</summary>
    public string? Tracer { get; init; }
    public JsonElement? TracerConfig { get; init; }
    public bool DisableStack { get; init; }
    public bool EnableMemory { get; init; }
    public bool DisableStorage { get; init; }
    public bool EnableReturnData { get; init; }
    public int Limit { get; init; }

    /// <summary>For calls only.</summary>
    public IReadOnlyDictionary<Address, WireAccountOverride>? StateOverrides { get; init; }

    /// <summary>For calls only.</summary>
    public WireBlockOverride? BlockOverrides { get; init; }
}
