using Flashback.State;
using Flashback.State.Store.Sqlite;

namespace Flashback.Engine.Tests.States;

public class StateCrashTests
{
    [Fact]
    public void A_process_killed_while_flattening_leaves_a_whole_state_and_its_history()
    {
        string folder = Directory.CreateTempSubdirectory("flashback-test-").FullName;
        try
        {
            for (int round = 0; round < 4; round++)
            {
                long acknowledged = StateWriter.RunAndKill(folder, TimeSpan.FromMilliseconds(40 + 77 * round));
                using SqliteStore store = SqliteStore.Open(folder, WorldState.Columns);
                WorldState world = StateWriter.Open(store);
                Assert.True(world.Disk.Number >= acknowledged, $"block {acknowledged} was flattened, but the disk is at {world.Disk.Number}");
                Assert.Equal(StateWriter.HashOf(world.Disk.Number), world.Disk.Hash);
                for (long number = Math.Max(0, world.Disk.Number - StateWriter.KeptBlocks); number <= world.Disk.Number; number++)
                {
                    Assert.True(world.TryOpenPast(number, out StateView? view));
                    StateWriter.ModelAfter(number).AssertSame(view);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
