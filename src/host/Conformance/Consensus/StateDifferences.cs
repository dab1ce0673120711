using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>Tells in which fields two states differ.</summary>
internal static class StateDifferences
{
    public static string Describe(BeaconState expected, BeaconState actual, Preset preset)
    {
        SszContainer<BeaconState> codec = new(preset);
        SszShape.Container shape = (SszShape.Container)codec.Shape;
        byte[] wanted = Roots(expected, shape.Fields.Count, preset), came = Roots(actual, shape.Fields.Count, preset);
        List<string> fields = [];
        for (int i = 0; i < shape.Fields.Count; i++)
        {
            if (!wanted.AsSpan(32 * i, 32).SequenceEqual(came.AsSpan(32 * i, 32)))
                fields.Add(shape.Fields[i].Name);
        }
        return "a state that differs in " + string.Join(", ", fields);
    }

    private static byte[] Roots(BeaconState state, int fields, Preset preset)
    {
        byte[] roots = new byte[32 * fields];
        ((ISszContainer<BeaconState>)state).WriteLeaves(preset, roots);
        return roots;
    }
}
