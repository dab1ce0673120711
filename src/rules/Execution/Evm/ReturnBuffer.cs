namespace Flashback.Execution;

/// <summary>The output of the call that ended last. There is one: while a call runs, nobody can see its caller's.</summary>
internal sealed class ReturnBuffer
{
    /// <summary>Above this length the room is not kept for later.</summary>
    private const int KeptRoom = 1 << 20;

    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Makes room for an output, to be written by the caller; what was there is gone.</summary>
    public Span<byte> Take(int length)
    {
        if (_bytes.Length < length)
            _bytes = GC.AllocateUninitializedArray<byte>(Math.Max(length, (int)Math.Min(2L * _bytes.Length, KeptRoom)));
        Length = length;
        return _bytes.AsSpan(0, length);
    }

    public void Set(ReadOnlySpan<byte> output) => output.CopyTo(Take(output.Length));

    /// <summary>Forgets the output, and the room too when it is large.</summary>
    public void Reset()
    {
        Length = 0;
        if (_bytes.Length > KeptRoom)
            _bytes = new byte[256];
    }
}
