using System.Diagnostics;
using Flashback.Chain;

namespace Flashback.Engine.Tests.Chain;

/// <summary>What a block goes through is told to who listens.</summary>
public class TraceTests
{
    [Fact]
    public void A_block_leaves_spans_of_what_it_went_through()
    {
        using DevChain dev = new();
        using ActivitySource ours = new("test");
        List<Activity> ended = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == ChainTraces.SourceName || source == ours,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using Activity test = ours.StartActivity("a test")!; // others run beside this one: only what is below this span counts
        ExecutedBlock block = dev.Adopt(dev.Head, 1, DevChain.Sign(0, 0));
        dev.Builder.Build(dev.Chain.Snapshot, DevChain.Attributes(block), [], TimeSpan.Zero, CancellationToken.None);

        List<Activity> spans = ended.FindAll(activity => activity.TraceId == test.TraceId);
        Assert.Equal(["state root", "execute", "commit", "import", "commit", "set head", "build"], spans.Select(span => span.OperationName));
        Activity import = spans[3], setHead = spans[5];
        Assert.Equal((import.SpanId, spans[1].SpanId, import.SpanId, setHead.SpanId), (spans[1].ParentSpanId, spans[0].ParentSpanId, spans[2].ParentSpanId, spans[4].ParentSpanId));
        foreach (Activity span in (Activity[])[import, setHead])
        {
            Assert.Equal(
                (1L, block.Hash.ToString(), 1, 21_000L),
                ((long)span.GetTagItem("block.number")!, (string)span.GetTagItem("block.hash")!, (int)span.GetTagItem("block.transactions")!, (long)span.GetTagItem("block.gas")!));
        }
    }
}
