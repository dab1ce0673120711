// Puts a file into a gateway, once as it is and once encrypted, and gets both back:
//
//     PutAndGet http://127.0.0.1:8700 gateway/token photo.jpg
using System.Security.Cryptography;
using Flashback.Files;

if (args is not [var address, var tokenFile, var path])
{
    Console.Error.WriteLine("usage: PutAndGet GATEWAY TOKEN-FILE FILE");
    return 1;
}
using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
try
{
    using GatewayClient gateway = new(new Uri(address), (await File.ReadAllTextAsync(tokenFile, stop.Token)).Trim());
    await PutAndGetAsync(gateway, secret: null);
    await PutAndGetAsync(gateway, ContentSecret.Generate()); // keep what Reveal() gives: nothing else opens it
    return 0;
}
catch (Exception fault) when (fault is IOException or InvalidDataException)
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}

async Task PutAndGetAsync(GatewayClient gateway, ContentSecret? secret)
{
    Upload upload = await Upload.OpenAsync(path, secret, stop.Token); // it has its name before anything is sent
    RemoteQuote quote = await gateway.QuoteAsync(upload.BlockBytes, stop.Token);
    Console.WriteLine($"{upload.Cid} costs at most {quote.Total} FLASH for {quote.Days} days");

    await gateway.PutAsync(upload, stop.Token);
    RemoteFile now = await gateway.StatAsync(upload.Cid, stop.Token);
    Console.WriteLine($"{upload.Cid} is {now.State}, in {now.Copies} of {now.Wanted} copies");

    string again = $"{path}.again";
    if (secret is null)
        await gateway.GetAsync(upload.Cid, again, stop.Token);
    else
        await gateway.GetAsync(upload.Cid, again, secret, stop.Token);
    bool isSame = await HashAsync(path) == await HashAsync(again);
    File.Delete(again);
    Console.WriteLine(isSame ? $"{upload.Cid} came back as it was" : throw new InvalidDataException("something else came back"));
}

async Task<string> HashAsync(string file)
{
    using FileStream stream = File.OpenRead(file);
    return Convert.ToHexString(await SHA256.HashDataAsync(stream, stop.Token));
}
