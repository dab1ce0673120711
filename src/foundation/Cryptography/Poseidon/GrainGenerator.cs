namespace Flashback.Cryptography;

/// <summary>Poseidon's source of constants: a Grain shift register of 80 bits that is set to the parameters and thins out its own output.</summary>
/// <remarks>paper: eprint 2019/458 App. F</remarks>
internal sealed class GrainGenerator
{
    private const int Length = 80;
    private const int Discarded = 160;

    /// <summary>Bit 79 is the oldest, and the one that goes out next.</summary>
    private UInt128 _register;

    /// <summary>Sets the register, most significant bits first, to: prime field, S-box x^5, field bits, width, full and partial rounds, thirty ones.</summary>
    public GrainGenerator(int width, int fullRounds, int partialRounds)
    {
        Load(1, 2);
        Load(1, 4);
        Load((uint)Fr.Bits, 12);
        Load((uint)width, 12);
        Load((uint)fullRounds, 10);
        Load((uint)partialRounds, 10);
        Load((1u << 30) - 1, 30);
        for (int i = 0; i < Discarded; i++)
            Step();
    }

    /// <summary>The next field element: 255 bits, drawn again while they are not below the modulus.</summary>
    public Fr Next()
    {
        Span<ulong> limbs = stackalloc ulong[Fr.LimbCount];
        Fr element;
        do
        {
            limbs.Clear();
            for (int bit = Fr.Bits - 1; bit >= 0; bit--)
                limbs[bit / 64] |= NextBit() << (bit % 64);
        }
        while (!Fr.TryFromLimbs(limbs, out element));
        return element;
    }

    /// <summary>Of each pair of bits the first decides whether the second comes out.</summary>
    private ulong NextBit()
    {
        while (true)
        {
            ulong gate = Step();
            ulong bit = Step();
            if (gate == 1)
                return bit;
        }
    }

    private ulong Step()
    {
        ulong bit = (At(62) ^ At(51) ^ At(38) ^ At(23) ^ At(13) ^ At(0)) & 1;
        Load((uint)bit, 1);
        return bit;
    }

    /// <summary>The bit that many places after the oldest, in the lowest place.</summary>
    private ulong At(int place) => (ulong)(_register >> (Length - 1 - place));

    private void Load(uint value, int bits) => _register = ((_register << bits) | value) & ((UInt128.One << Length) - 1);
}
