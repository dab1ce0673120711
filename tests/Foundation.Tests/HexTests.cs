using Flashback.Primitives;

namespace Flashback.Foundation.Tests;

public class HexTests
{
    [Theory]
    [InlineData("0x", new byte[0])]
    [InlineData("0x00ff", new byte[] { 0, 255 })]
    [InlineData("ABcd", new byte[] { 0xab, 0xcd })]
    public void Reads_digits_of_either_case_with_and_without_prefix(string text, byte[] bytes)
    {
        Assert.True(Hex.TryDecode(text, out byte[]? decoded));
        Assert.Equal(bytes, decoded);
    }

    [Theory]
    [InlineData("0x0")]
    [InlineData("zz")]
    [InlineData("0x0g")]
    [InlineData("0x0x00")]
    public void Rejects_odd_lengths_and_other_characters(string text)
    {
        Assert.False(Hex.TryDecode(text, out _));
        Assert.False(Hex.TryDecode(text, new byte[text.Length / 2]));
    }

    [Fact]
    public void Fills_a_buffer_only_when_the_length_fits()
    {
        Assert.True(Hex.TryDecode("0x0102", new byte[2]));
        Assert.False(Hex.TryDecode("0x0102", new byte[3]));
        Assert.False(Hex.TryDecode("0x0102", new byte[1]));
    }

    [Fact]
    public void Writes_lower_case_with_prefix() => Assert.Equal("0x0aff", Hex.Encode([0x0a, 0xff]));
}
