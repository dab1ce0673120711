using System.Text;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Primitives;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>The vectors of RFC 9380, appendices J.9.1, J.10.1 and K.1.</summary>
public class HashToCurveTests
{
    private const string Q128 = "q128_qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq";
    private static readonly string A512 = "a512_" + new string('a', 512);

    private static string Message(string message) => message == "A512" ? A512 : message;

    [Theory]
    [InlineData(
        "",
        "052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1",
        "08ba738453bfed09cb546dbb0783dbb3a5f1f566ed67bb6be0e8c67e2e81a4cc68ee29813bb7994998f3eae0c9c6a265")]
    [InlineData(
        "abc",
        "03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903",
        "0b9c15f3fe6e5cf4211f346271d7b01c8f3b28be689c8429c85b67af215533311f0b8dfaaa154fa6b88176c229f2885d")]
    [InlineData(
        "abcdef0123456789",
        "11e0b079dea29a68f0383ee94fed1b940995272407e3bb916bbf268c263ddd57a6a27200a784cbc248e84f357ce82d98",
        "03a87ae2caf14e8ee52e51fa2ed8eefe80f02457004ba4d486d6aa1f517c0889501dc7413753f9599b099ebcbbd2d709")]
    [InlineData(
        Q128,
        "15f68eaa693b95ccb85215dc65fa81038d69629f70aeee0d0f677cf22285e7bf58d7cb86eefe8f2e9bc3f8cb84fac488",
        "1807a1d50c29f430b8cafc4f8638dfeeadf51211e1602a5f184443076715f91bb90a48ba1e370edce6ae1062f5e6dd38")]
    [InlineData(
        "A512",
        "082aabae8b7dedb0e78aeb619ad3bfd9277a2f77ba7fad20ef6aabdc6c31d19ba5a6d12283553294c1825c4b3ca2dcfe",
        "05b84ae5a942248eea39e1d91030458c40153f3b654ab7872d779ad1e942856a20c438e8d99bc8abfbf74729ce1f7ac8")]
    public void Hashes_to_G1(string message, string x, string y)
    {
        G1Affine point = HashToCurve.ToG1(Encoding.ASCII.GetBytes(Message(message)), "QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_"u8).ToAffine();
        Assert.Equal(("0x" + x, "0x" + y), (point.X.ToString(), point.Y.ToString()));
        Assert.True(point.IsOnCurve && G1.IsInSubgroup(point));
    }

    [Theory]
    [InlineData(
        "",
        "0141ebfbdca40eb85b87142e130ab689c673cf60f1a3e98d69335266f30d9b8d4ac44c1038e9dcdd5393faf5c41fb78a",
        "05cb8437535e20ecffaef7752baddf98034139c38452458baeefab379ba13dff5bf5dd71b72418717047f5b0f37da03d",
        "0503921d7f6a12805e72940b963c0cf3471c7b2a524950ca195d11062ee75ec076daf2d4bc358c4b190c0c98064fdd92",
        "12424ac32561493f3fe3c260708a12b7c620e7be00099a974e259ddc7d1f6395c3c811cdd19f1e8dbf3e9ecfdcbab8d6")]
    [InlineData(
        "abc",
        "02c2d18e033b960562aae3cab37a27ce00d80ccd5ba4b7fe0e7a210245129dbec7780ccc7954725f4168aff2787776e6",
        "139cddbccdc5e91b9623efd38c49f81a6f83f175e80b06fc374de9eb4b41dfe4ca3a230ed250fbe3a2acf73a41177fd8",
        "1787327b68159716a37440985269cf584bcb1e621d3a7202be6ea05c4cfe244aeb197642555a0645fb87bf7466b2ba48",
        "00aa65dae3c8d732d10ecd2c50f8a1baf3001578f71c694e03866e9f3d49ac1e1ce70dd94a733534f106d4cec0eddd16")]
    [InlineData(
        "abcdef0123456789",
        "121982811d2491fde9ba7ed31ef9ca474f0e1501297f68c298e9f4c0028add35aea8bb83d53c08cfc007c1e005723cd0",
        "190d119345b94fbd15497bcba94ecf7db2cbfd1e1fe7da034d26cbba169fb3968288b3fafb265f9ebd380512a71c3f2c",
        "05571a0f8d3c08d094576981f4a3b8eda0a8e771fcdcc8ecceaf1356a6acf17574518acb506e435b639353c2e14827c8",
        "0bb5e7572275c567462d91807de765611490205a941a5a6af3b1691bfe596c31225d3aabdf15faff860cb4ef17c7c3be")]
    [InlineData(
        Q128,
        "19a84dd7248a1066f737cc34502ee5555bd3c19f2ecdb3c7d9e24dc65d4e25e50d83f0f77105e955d78f4762d33c17da",
        "0934aba516a52d8ae479939a91998299c76d39cc0c035cd18813bec433f587e2d7a4fef038260eef0cef4d02aae3eb91",
        "14f81cd421617428bc3b9fe25afbb751d934a00493524bc4e065635b0555084dd54679df1536101b2c979c0152d09192",
        "09bcccfa036b4847c9950780733633f13619994394c23ff0b32fa6b795844f4a0673e20282d07bc69641cee04f5e5662")]
    [InlineData(
        "A512",
        "01a6ba2f9a11fa5598b2d8ace0fbe0a0eacb65deceb476fbbcb64fd24557c2f4b18ecfc5663e54ae16a84f5ab7f62534",
        "11fca2ff525572795a801eed17eb12785887c7b63fb77a42be46ce4a34131d71f7a73e95fee3f812aea3de78b4d01569",
        "0b6798718c8aed24bc19cb27f866f1c9effcdbf92397ad6448b5c9db90d2b9da6cbabf48adc1adf59a1a28344e79d57e",
        "03a47f8e6d1763ba0cad63d6114c0accbef65707825a511b251a660a9b3994249ae4e63fac38b23da0c398689ee2ab52")]
    public void Hashes_to_G2(string message, string x0, string x1, string y0, string y1)
    {
        G2Affine point = HashToCurve.ToG2(Encoding.ASCII.GetBytes(Message(message)), "QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_RO_"u8).ToAffine();
        Assert.Equal(("0x" + x0, "0x" + x1), (point.X.C0.ToString(), point.X.C1.ToString()));
        Assert.Equal(("0x" + y0, "0x" + y1), (point.Y.C0.ToString(), point.Y.C1.ToString()));
        Assert.True(point.IsOnCurve && G2.IsInSubgroup(point));
    }

    [Theory]
    [InlineData(false, "", 32,
        "68a985b87eb6b46952128911f2a4412bbc302a9d759667f87f7a21d803f07235")]
    [InlineData(false, "abc", 32,
        "d8ccab23b5985ccea865c6c97b6e5b8350e794e603b4b97902f53a8a0d605615")]
    [InlineData(false, "abcdef0123456789", 32,
        "eff31487c770a893cfb36f912fbfcbff40d5661771ca4b2cb4eafe524333f5c1")]
    [InlineData(false, Q128, 32,
        "b23a1d2b4d97b2ef7785562a7e8bac7eed54ed6e97e29aa51bfe3f12ddad1ff9")]
    [InlineData(false, "A512", 32,
        "4623227bcc01293b8c130bf771da8c298dede7383243dc0993d2d94823958c4c")]
    [InlineData(false, "", 128,
        "af84c27ccfd45d41914fdff5df25293e221afc53d8ad2ac06d5e3e29485dadbee0d121587713a3e0dd4d5e69e93eb7cd4f5df4cd103e188cf60cb02edc3edf18eda8576c412b18ffb658e3dd6ec849469b979d444cf7b26911a08e63cf31f9dcc541708d3491184472c2c29bb749d4286b004ceb5ee6b9a7fa5b646c993f0ced")]
    [InlineData(false, "abc", 128,
        "abba86a6129e366fc877aab32fc4ffc70120d8996c88aee2fe4b32d6c7b6437a647e6c3163d40b76a73cf6a5674ef1d890f95b664ee0afa5359a5c4e07985635bbecbac65d747d3d2da7ec2b8221b17b0ca9dc8a1ac1c07ea6a1e60583e2cb00058e77b7b72a298425cd1b941ad4ec65e8afc50303a22c0f99b0509b4c895f40")]
    [InlineData(false, "abcdef0123456789", 128,
        "ef904a29bffc4cf9ee82832451c946ac3c8f8058ae97d8d629831a74c6572bd9ebd0df635cd1f208e2038e760c4994984ce73f0d55ea9f22af83ba4734569d4bc95e18350f740c07eef653cbb9f87910d833751825f0ebefa1abe5420bb52be14cf489b37fe1a72f7de2d10be453b2c9d9eb20c7e3f6edc5a60629178d9478df")]
    [InlineData(false, Q128, 128,
        "80be107d0884f0d881bb460322f0443d38bd222db8bd0b0a5312a6fedb49c1bbd88fd75d8b9a09486c60123dfa1d73c1cc3169761b17476d3c6b7cbbd727acd0e2c942f4dd96ae3da5de368d26b32286e32de7e5a8cb2949f866a0b80c58116b29fa7fabb3ea7d520ee603e0c25bcaf0b9a5e92ec6a1fe4e0391d1cdbce8c68a")]
    [InlineData(true, "", 32,
        "e8dc0c8b686b7ef2074086fbdd2f30e3f8bfbd3bdf177f73f04b97ce618a3ed3")]
    [InlineData(true, "abc", 32,
        "52dbf4f36cf560fca57dedec2ad924ee9c266341d8f3d6afe5171733b16bbb12")]
    [InlineData(true, "", 128,
        "14604d85432c68b757e485c8894db3117992fc57e0e136f71ad987f789a0abc287c47876978e2388a02af86b1e8d1342e5ce4f7aaa07a87321e691f6fba7e0072eecc1218aebb89fb14a0662322d5edbd873f0eb35260145cd4e64f748c5dfe60567e126604bcab1a3ee2dc0778102ae8a5cfd1429ebc0fa6bf1a53c36f55dfc")]
    [InlineData(true, "abc", 128,
        "1a30a5e36fbdb87077552b9d18b9f0aee16e80181d5b951d0471d55b66684914aef87dbb3626eaabf5ded8cd0686567e503853e5c84c259ba0efc37f71c839da2129fe81afdaec7fbdc0ccd4c794727a17c0d20ff0ea55e1389d6982d1241cb8d165762dbc39fb0cee4474d2cbbd468a835ae5b2f20e4f959f56ab24cd6fe267")]
    public void Expands_messages(bool oversizeTag, string message, int length, string uniform)
    {
        string tag = oversizeTag ? "QUUX-V01-CS02-with-expander-SHA256-128-long-DST-" + new string('1', 208) : "QUUX-V01-CS02-with-expander-SHA256-128";
        byte[] output = new byte[length];
        ExpandMessage.Xmd(Encoding.ASCII.GetBytes(Message(message)), Encoding.ASCII.GetBytes(tag), output);
        Assert.Equal("0x" + uniform, Hex.Encode(output));
    }

    [Fact]
    public void Refuses_to_expand_beyond_255_blocks() =>
        Assert.Throws<ArgumentException>(() => ExpandMessage.Xmd([], "tag"u8, new byte[255 * 32 + 1]));

    [Fact]
    public void The_exceptional_element_of_the_map_still_gives_a_point()
    {
        // u = 0 makes the map's denominator zero.
        Assert.True(G1.IsInSubgroup(HashToCurve.MapToG1(Fp.Zero).ToAffine()));
        Assert.True(HashToCurve.MapToG1(Fp.Zero).ToAffine().IsOnCurve);
        Assert.True(G2.IsInSubgroup(HashToCurve.MapToG2(Fp2.Zero).ToAffine()));
        Assert.True(HashToCurve.MapToG2(Fp2.Zero).ToAffine().IsOnCurve);
    }
}
