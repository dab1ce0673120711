using Flashback.Cryptography.Groth16;
using Flashback.Cryptography.R1cs;
using Flashback.Primitives;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>Both phases of a ceremony: what they make, and every way of cheating that must be found.</summary>
public sealed class CeremonyTests
{
    private static readonly Fr[] Factors = [Fr.From(3673), Fr.From(48577), Fr.From(22580)];
    private static readonly HashCircuit Circuit = new();
    private static readonly ConstraintSystem System = ConstraintSystem.Of(Circuit);
    private static readonly Lazy<byte[]> Powers = new(() => Contribute(Begin(LogSize), Factors));
    private static readonly Lazy<byte[]> Begun = new(() => Begin(Powers.Value));

    private const int LogSize = 9;

    [Fact]
    public void Makes_the_key_that_a_secret_of_the_factors_makes()
    {
        using PowersOfTau powers = Open(Powers.Value);
        Assert.Null(powers.Check());
        byte[] whole = Contribute(Begun.Value, Fr.From(5481));
        using CircuitCeremony ceremony = OpenCircuit(whole), begun = OpenCircuit(Begun.Value);
        Assert.Null(ceremony.Check(begun));
        using MemoryStream expected = new(), key = new();
        KeyGeneration.Write(System, new(Factors[1], Factors[2], Fr.One, Fr.From(5481), Factors[0]), expected);
        ceremony.Finish(key);
        Assert.Equal(expected.ToArray(), key.ToArray());
    }

    [Fact]
    public void What_several_contributors_make_proves_and_verifies()
    {
        byte[] file = Begin(LogSize);
        List<Hash32> remembered = [];
        for (int i = 0; i < 2; i++)
        {
            using PowersOfTau powers = Open(file);
            using MemoryStream next = new();
            remembered.Add(powers.Contribute("dice"u8, next));
            file = next.ToArray();
        }
        using (PowersOfTau powers = Open(file))
        {
            Assert.Null(powers.Check());
            Assert.Equal(remembered, powers.Contributions);
        }
        byte[] begun = Begin(file), whole = begun;
        for (int i = 0; i < 2; i++)
        {
            using CircuitCeremony next = OpenCircuit(whole);
            using MemoryStream stream = new();
            next.Contribute("coins"u8, stream);
            whole = stream.ToArray();
        }
        using CircuitCeremony ceremony = OpenCircuit(whole), first = OpenCircuit(begun);
        Assert.Null(ceremony.Check(first));
        Assert.Equal(2, ceremony.Contributions.Count);
        using MemoryStream key = new();
        VerifyingKey verifying = ceremony.Finish(key);
        Assert.True(ProvingKey.TryOpen(new KeyMemory(key.ToArray()), out ProvingKey? proving, out _));
        Assignment values = Assignment.Of(System, Circuit);
        Assert.Null(Groth16Verifier.Verify(new(verifying, values.Statement, new Groth16Prover(System, proving).Prove(values))));
    }

    [Fact]
    public void Every_point_of_the_powers_matters()
    {
        byte[] file = Powers.Value;
        int size = 1 << LogSize, first = 12 + 4 + (3 * 144);
        int[] starts = new int[5];
        int[] counts = [(2 * size) - 1, size, size, size, 1], sizes = [96, 96, 96, 192, 192];
        for (int i = 0, at = first; i < 5; at += 4 + (counts[i] * sizes[i]), i++)
            starts[i] = at + 4;
        for (int i = 0; i < 5; i++)
        {
            foreach (int number in new[] { 0, counts[i] / 2, counts[i] - 1 })
            {
                byte[] altered = [.. file];
                int other = number == 1 ? 2 : 1;
                // Another point of the group: for the single one of β the generator, else a neighbour.
                byte[] put = counts[i] == 1 ? file[starts[3]..(starts[3] + 192)] : file[(starts[i] + (other * sizes[i]))..(starts[i] + ((other + 1) * sizes[i]))];
                put.CopyTo(altered, starts[i] + (number * sizes[i]));
                using PowersOfTau powers = Open(altered);
                Assert.Equal(CeremonyRule.Powers, powers.Check()?.Rule);
            }
        }
        byte[] broken = [.. file];
        broken[^1] ^= 1;
        using PowersOfTau opened = Open(broken);
        Assert.Throws<InvalidDataException>(opened.Check);
        Assert.Throws<InvalidDataException>(() => opened.Contribute([], new MemoryStream()));
    }

    [Fact]
    public void A_contribution_whose_factor_was_not_known_is_refused()
    {
        byte[] altered = [.. Powers.Value];
        Span<byte> record = altered.AsSpan(16, 144);
        record[..48].CopyTo(altered.AsSpan(16 + 144)); // α's point is τ's, with α's proof
        Assert.Equal(CeremonyRule.Knowledge, PowersOfTau.TryOpen(new KeyMemory(altered), out _)?.Rule);
        altered[16] &= 0x7f;
        Assert.Equal(CeremonyRule.Encoding, PowersOfTau.TryOpen(new KeyMemory(altered), out _)?.Rule);
    }

    [Fact]
    public void Files_cut_short_are_refused()
    {
        foreach (int length in new[] { 0, 11, 12, 15, 16, 200, Powers.Value.Length - 1 })
            Assert.Equal(CeremonyRule.Encoding, PowersOfTau.TryOpen(new KeyMemory(Powers.Value.AsMemory(0, length)), out _)?.Rule);
        Assert.Equal(CeremonyRule.Encoding, PowersOfTau.TryOpen(new KeyMemory((byte[])[.. Powers.Value, 0]), out _)?.Rule);
        foreach (int length in new[] { 0, 71, 72, 75, 76, 500, Begun.Value.Length - 1 })
            Assert.Equal(CeremonyRule.Encoding, CircuitCeremony.TryOpen(new KeyMemory(Begun.Value.AsMemory(0, length)), out _)?.Rule);
        Assert.Equal(CeremonyRule.Encoding, CircuitCeremony.TryOpen(new KeyMemory(Powers.Value), out _)?.Rule);
    }

    [Fact]
    public void Nothing_is_made_without_a_contribution_or_for_another_size()
    {
        using PowersOfTau untouched = Open(Begin(LogSize)), small = Open(Contribute(Begin(4), Factors));
        Assert.Equal(CeremonyRule.Contributed, untouched.Check()?.Rule);
        Assert.Equal(CeremonyRule.Contributed, CircuitCeremony.Begin(System, untouched, new MemoryStream())?.Rule);
        Assert.Equal(CeremonyRule.Size, CircuitCeremony.Begin(System, small, new MemoryStream())?.Rule);
        using CircuitCeremony begun = OpenCircuit(Begun.Value);
        Assert.Equal(CeremonyRule.Contributed, begun.Check(begun)?.Rule);
    }

    [Fact]
    public void A_circuits_key_with_anything_else_changed_is_refused()
    {
        byte[] whole = Contribute(Begun.Value, Fr.From(5481));
        using CircuitCeremony begun = OpenCircuit(Begun.Value);
        int key = 72 + 4 + 144, inputs = key + 864 + 4, quotient = inputs + (2 * 96) + 4, auxiliary = quotient + (511 * 96) + 4;
        int left = auxiliary + (System.AuxiliaryCount * 96) + 4;
        (int At, CeremonyRule Rule)[] places =
        [
            (key, CeremonyRule.Circuit), (key + 576, CeremonyRule.Delta), (inputs, CeremonyRule.Circuit),
            (quotient, CeremonyRule.Delta), (auxiliary, CeremonyRule.Delta), (left, CeremonyRule.Circuit),
        ];
        foreach ((int at, CeremonyRule rule) in places)
        {
            byte[] altered = [.. whole];
            whole.AsSpan(quotient + 96, 96).CopyTo(altered.AsSpan(at)); // some point of the group
            using CircuitCeremony ceremony = OpenCircuit(altered);
            Assert.Equal(rule, ceremony.Check(begun)?.Rule);
        }
        using CircuitCeremony other = OpenCircuit(Begin(Contribute(Powers.Value, Factors)));
        using CircuitCeremony mine = OpenCircuit(whole);
        Assert.Equal(CeremonyRule.Circuit, mine.Check(other)?.Rule);
    }

    private static byte[] Begin(int logSize)
    {
        using MemoryStream file = new();
        PowersOfTau.Begin(logSize, file);
        return file.ToArray();
    }

    private static byte[] Begin(byte[] powersFile)
    {
        using PowersOfTau powers = Open(powersFile);
        using MemoryStream file = new();
        Assert.Null(CircuitCeremony.Begin(System, powers, file));
        return file.ToArray();
    }

    private static byte[] Contribute(byte[] file, Fr[] factors)
    {
        using PowersOfTau powers = Open(file);
        using MemoryStream next = new();
        powers.Contribute(factors, next, progress: null);
        return next.ToArray();
    }

    private static byte[] Contribute(byte[] file, Fr factor)
    {
        using CircuitCeremony ceremony = OpenCircuit(file);
        using MemoryStream next = new();
        ceremony.Contribute(factor, next, progress: null);
        return next.ToArray();
    }

    private static PowersOfTau Open(byte[] file)
    {
        Invalid<CeremonyRule>? broken = PowersOfTau.TryOpen(new KeyMemory(file), out PowersOfTau? powers);
        Assert.True(broken is null, broken?.ToString());
        return powers!;
    }

    private static CircuitCeremony OpenCircuit(byte[] file)
    {
        Invalid<CeremonyRule>? broken = CircuitCeremony.TryOpen(new KeyMemory(file), out CircuitCeremony? ceremony);
        Assert.True(broken is null, broken?.ToString());
        return ceremony!;
    }
}
