using System.Text;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Text;

public class CompatibilityDecompositionTests
{
    /// <summary>Text and form KD, in code points. vectors: Unicode's NormalizationTest.txt, parts 0 to 2</summary>
    [Theory]
    [InlineData("1E0A", "0044 0307")]
    [InlineData("1E0A 0323", "0044 0323 0307")]
    [InlineData("1E14", "0045 0304 0300")]
    [InlineData("00A0", "0020")]
    [InlineData("00BC", "0031 2044 0034")]
    [InlineData("FB03", "0066 0066 0069")]
    [InlineData("FDFA", "0635 0644 0649 0020 0627 0644 0644 0647 0020 0639 0644 064A 0647 0020 0648 0633 0644 0645")]
    [InlineData("AC00", "1100 1161")]
    [InlineData("AC01", "1100 1161 11A8")]
    [InlineData("D7A3", "1112 1175 11C2")]
    [InlineData("1D531", "0074")]
    [InlineData("1D15F", "1D158 1D165")]
    [InlineData("2F800", "4E3D")]
    [InlineData("1F511", "1F511")]
    [InlineData("0061 0315 0300 05AE 0300 0062", "0061 05AE 0300 0300 0315 0062")]
    [InlineData("0344", "0308 0301")]
    [InlineData("212B", "0041 030A")]
    public void Takes_text_apart_and_orders_its_marks(string text, string expected) =>
        Assert.Equal(FromCodePoints(expected), new string(CompatibilityDecomposition.Decompose(FromCodePoints(text))));

    [Fact]
    public void Text_in_ASCII_is_left_as_it_is() => Assert.Equal("correct horse \u007f\n", new string(CompatibilityDecomposition.Decompose("correct horse \u007f\n")));

    [Fact]
    public void What_was_taken_apart_stays_as_it_is() => Seeds.Check(random =>
    {
        for (int round = 0; round < 2000; round++)
        {
            char[] text = new char[random.Next(1, 12)];
            for (int i = 0; i < text.Length; i++)
                text[i] = (char)random.Next(random.Next(3) == 0 ? 0x10000 : 0x370); // lone surrogates too
            char[] once = CompatibilityDecomposition.Decompose(text);
            Assert.Equal(once, CompatibilityDecomposition.Decompose(once));
        }
    });

    private static string FromCodePoints(string points) => string.Concat(points.Split(' ').Select(point => new Rune(Convert.ToInt32(point, 16)).ToString()));
}
