using System.Buffers.Binary;

namespace Flashback.Cryptography.R1cs;

/// <summary>Systems and values in the binary formats of iden3, which circom, snarkjs and auditors' tools read.</summary>
/// <remarks>
/// Numbers are little-endian. Wire 0 is the constant one; after it come the public inputs and then the auxiliary variables.
/// source: iden3/r1csfile, doc/r1cs_bin_format.md
/// <code>
/// [ "r1cs" or "wtns" ][ version: 4 ][ sections: 4 ] and for each section [ type: 4 ][ length: 8 ][ content ]
/// </code>
/// </remarks>
public static class R1csFile
{
    private const int ElementSize = 32;
    private const int SectionHead = sizeof(uint) + sizeof(ulong);

    /// <summary>Writes the constraints as an .r1cs file.</summary>
    /// <param name="system">The constraints.</param>
    /// <param name="file">Where the file goes; it must be able to seek.</param>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public static void Write(ConstraintSystem system, Stream file)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(file);
        if (!file.CanSeek)
            throw new ArgumentException("the length of the constraints is written when they are", nameof(file));
        int wires = system.InputCount + system.AuxiliaryCount;
        file.Write("r1cs"u8);
        Write(file, 1u);
        Write(file, 3u);

        WriteSection(file, 1, ElementSize + (6 * sizeof(uint)) + sizeof(ulong));
        WriteField(file);
        Write(file, (uint)wires);
        Write(file, 0u); // public outputs: bellperson knows inputs only
        Write(file, (uint)(system.InputCount - 1));
        Write(file, (uint)system.AuxiliaryCount);
        Write(file, (ulong)wires);
        Write(file, (uint)system.ConstraintCount);

        WriteSection(file, 2, 0);
        long start = file.Position;
        system.WriteRows(file);
        long end = file.Position;
        file.Position = start - sizeof(ulong);
        Write(file, (ulong)(end - start));
        file.Position = end;

        WriteSection(file, 3, (ulong)wires * sizeof(ulong));
        for (int wire = 0; wire < wires; wire++)
            Write(file, (ulong)wire);
    }

    /// <summary>Writes the values of a system's variables as a .wtns file.</summary>
    public static void WriteWitness(Assignment values, Stream file)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(file);
        uint wires = (uint)(values.Inputs.Length + values.Auxiliary.Length);
        file.Write("wtns"u8);
        Write(file, 2u);
        Write(file, 2u);
        WriteSection(file, 1, (2 * sizeof(uint)) + ElementSize);
        WriteField(file);
        Write(file, wires);
        WriteSection(file, 2, (ulong)wires * ElementSize);
        Span<byte> bytes = stackalloc byte[ElementSize];
        foreach (Fr[] part in new[] { values.Inputs, values.Auxiliary })
        {
            foreach (Fr value in part)
            {
                value.EncodeLittleEndian(bytes);
                file.Write(bytes);
            }
        }
    }

    private static void WriteSection(Stream file, uint type, ulong length)
    {
        Span<byte> head = stackalloc byte[SectionHead];
        BinaryPrimitives.WriteUInt32LittleEndian(head, type);
        BinaryPrimitives.WriteUInt64LittleEndian(head[sizeof(uint)..], length);
        file.Write(head);
    }

    private static void WriteField(Stream file)
    {
        Write(file, (uint)ElementSize);
        foreach (ulong limb in Fr.Modulus)
            Write(file, limb);
    }

    private static void Write(Stream file, uint number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        file.Write(bytes);
    }

    private static void Write(Stream file, ulong number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        file.Write(bytes);
    }
}
