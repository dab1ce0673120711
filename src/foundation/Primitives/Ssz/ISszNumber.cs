namespace Flashback.Primitives;

/// <summary>
/// The mark of a number with a type of its own (a slot, an amount in Gwei): a struct that holds one unsigned number of 8, 16, 32, 64, 128 or
/// 256 bits and nothing else, so that its memory is its encoding and arrays of it are copied whole.
/// </summary>
#pragma warning disable CA1040 // nothing is called on a number: its memory says all
public interface ISszNumber;
#pragma warning restore CA1040
