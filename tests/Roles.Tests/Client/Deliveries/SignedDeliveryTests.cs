using Flashback.Client;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Roles.Tests.Client.Deliveries;

/// <summary>What client and provider hand each other in headers: it comes back as it was, says who signed it, and nothing else is taken for it.</summary>
public sealed class SignedDeliveryTests : IDisposable
{
    private const ulong ChainId = 1_337;

    private static readonly Address Deal = FixedBytes.Parse<Address>("0x00000000000000000000000000000000000000d1");

    private readonly Secp256k1SecretKey _key = Secp256k1SecretKey.Generate();

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_request_comes_back_with_its_signer() => Seeds.Check(random =>
    {
        ReadRequest request = new(Draw(random), Number(random), Number(random), Number(random), Number(random), (ushort)random.Next(1 << 16), Number(random), Draw(random));
        SignedReadRequest signed = SignedReadRequest.Sign(request, ChainId, Deal, _key);
        SignedReadRequest? read = SignedReadRequest.TryRead(signed.ToHeader());
        Assert.Equal(signed, read);
        Assert.Equal(_key.PublicKey.ToAddress(), read!.SignerOn(ChainId));
        Assert.NotEqual(_key.PublicKey.ToAddress(), read.SignerOn(ChainId + 1));
        Assert.NotEqual(_key.PublicKey.ToAddress(), (read with { Request = request with { Number = request.Number + 1 } }).SignerOn(ChainId));
    });

    [Fact]
    public void A_delivery_comes_back_with_its_signer() => Seeds.Check(random =>
    {
        Delivery delivery = new(Draw(random), Number(random), Number(random), Number(random), Number(random), (ushort)random.Next(1 << 16), (uint)random.Next(), (uint)random.Next(), Draw(random));
        SignedDelivery signed = SignedDelivery.Sign(delivery, ChainId, Deal, _key);
        SignedDelivery? read = SignedDelivery.TryRead(signed.ToText());
        Assert.Equal(signed, read);
        Assert.Equal(_key.PublicKey.ToAddress(), read!.SignerOn(ChainId, Deal));
        Assert.NotEqual(_key.PublicKey.ToAddress(), read.SignerOn(ChainId, default));
    });

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not base 64")]
    public void What_is_no_header_is_none(string text)
    {
        Assert.Null(SignedReadRequest.TryRead(text));
        Assert.Null(SignedDelivery.TryRead(text));
        string padded = Convert.ToBase64String(new byte[4_096]);
        Assert.Null(SignedReadRequest.TryRead(padded));
        Assert.Null(SignedDelivery.TryRead(padded));
        Assert.Null(SignedReadRequest.TryRead(Convert.ToBase64String(new byte[191]))?.SignerOn(ChainId));
        Assert.Null(SignedDelivery.TryRead(Convert.ToBase64String(new byte[171]))?.SignerOn(ChainId, Deal));
    }

    private static Hash32 Draw(Random random)
    {
        byte[] bytes = new byte[32];
        random.NextBytes(bytes);
        return Hash32.Read(bytes);
    }

    private static ulong Number(Random random) => (ulong)random.NextInt64();
}
