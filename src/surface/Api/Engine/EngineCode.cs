namespace Flashback.Api.Engine;

/// <summary>The codes of errors that only the Engine API has. spec: execution-apis engine, common, errors</summary>
public static class EngineCode
{
    /// <summary>No such block is being built.</summary>
    public const int UnknownPayload = -38001;

    /// <summary>The chosen blocks do not lie on one chain.</summary>
    public const int InvalidForkchoiceState = -38002;

    /// <summary>No block can be built with these attributes.</summary>
    public const int InvalidPayloadAttributes = -38003;

    /// <summary>It asks for more than one request may have.</summary>
    public const int TooLargeRequest = -38004;

    /// <summary>This version of the method does not know the block's fork.</summary>
    public const int UnsupportedFork = -38005;
}
