using System.Text.Json;
using System.Text.Json.Serialization;
using Flashback.Primitives;

namespace Flashback.Api.Wire;

/// <summary>The names of blocks that move.</summary>
public enum BlockTag
{
    /// <summary>None: a number or a hash says which.</summary>
    None,

    /// <summary>The head.</summary>
    Latest,

    /// <summary>What the next block may be.</summary>
    Pending,

    /// <summary>The first.</summary>
    Earliest,

    /// <summary>The newest that will hardly be reverted.</summary>
    Safe,

    /// <summary>The newest that never will be.</summary>
    Finalized,
}

/// <summary>Which block is meant: a tag, a number, or a hash. spec: execution-apis, EIP-1898</summary>
/// <param name="Tag">The name of a block that moves.</param>
/// <param name="Number">Its number on the chain.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="RequiresCanonical">True when a block with that hash counts only on the chain.</param>
public sealed record BlockSelector(BlockTag Tag, ulong? Number = null, Hash32? Hash = null, bool RequiresCanonical = false)
{
    /// <summary>The head.</summary>
    public static BlockSelector Latest { get; } = new(BlockTag.Latest);
}

internal sealed class BlockSelectorConverter : JsonConverter<BlockSelector>
{
    public override BlockSelector Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
            return ReadObject(ref reader);
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException("a block is named by a tag, a number or a hash");
        string text = reader.GetString()!;
        return text switch
        {
            "latest" => BlockSelector.Latest,
            "pending" => new(BlockTag.Pending),
            "earliest" => new(BlockTag.Earliest),
            "safe" => new(BlockTag.Safe),
            "finalized" => new(BlockTag.Finalized),
            { Length: 66 } => new(BlockTag.None, Hash: WireHex.ParseFixed<Hash32>(text)),
            _ => new(BlockTag.None, Number: WireHex.ToUInt64(WireHex.ParseQuantity(text))),
        };
    }

    public override void Write(Utf8JsonWriter writer, BlockSelector value, JsonSerializerOptions options) => writer.WriteStringValue(
        value.Hash?.ToString() ?? (value.Number is { } number ? WireHex.Quantity(number) : value.Tag.ToString().ToLowerInvariant()));

    private static BlockSelector ReadObject(ref Utf8JsonReader reader)
    {
        BlockSelector selector = new(BlockTag.None);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "blockNumber": selector = selector with { Number = WireHex.ToUInt64(WireHex.ReadQuantity(ref reader)) }; break;
                case "blockHash": selector = selector with { Hash = WireHex.ParseFixed<Hash32>(reader.GetString() ?? "") }; break;
                case "requireCanonical": selector = selector with { RequiresCanonical = reader.GetBoolean() }; break;
                default: reader.Skip(); break;
            }
        }
        return selector.Number is null == selector.Hash is null ? throw new JsonException("a block is named by its number or its hash, one of them") : selector;
    }
}
