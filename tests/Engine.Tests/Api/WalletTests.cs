using Flashback.Api;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Api;

public class WalletTests
{
    /// <summary>The example of web3.js's documentation. spec: EIP-191, version 0x45</summary>
    [Fact]
    public void A_message_is_signed_as_other_wallets_sign_it()
    {
        Assert.True(Secp256k1SecretKey.TryDecode(Hex.Decode("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"), out Secp256k1SecretKey? key));
        Wallet wallet = new([key]);
        Assert.Equal(
            "0xb91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a0291c",
            Hex.Encode(wallet.Sign(wallet.Addresses[0], "Some data"u8)));
    }
}
