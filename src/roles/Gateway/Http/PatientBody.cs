using Flashback.Files.Content;
using Microsoft.AspNetCore.Http;

namespace Flashback.Gateway.Http;

/// <summary>A request's body that does not wait for ever: the server's own limit is on the average, and who has sent much may then sleep for hours. What else goes wrong with it is the sender's fault.</summary>
internal sealed class PatientBody(Stream body, TimeSpan patience) : ReadingStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(patience);
        try
        {
            return await body.ReadAsync(buffer, waiting.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BadHttpRequestException("nothing was received for too long", StatusCodes.Status408RequestTimeout);
        }
        catch (IOException fault) when (fault is not BadHttpRequestException)
        {
            throw new BadHttpRequestException($"the body cannot be read: {fault.Message}", fault);
        }
    }
}
