namespace Flashback.Cryptography.Curves;

/// <summary>Two points to add, and where the sum goes.</summary>
/// <param name="Left">The index of one.</param>
/// <param name="Right">The index of the other.</param>
/// <param name="Sum">The index of the sum, where the left ones are.</param>
internal readonly record struct PointPair(int Left, int Right, int Sum);
