using System.Text.Json;
using Flashback.State.Store;

namespace Flashback.Gateway.Objects;

/// <summary>What a crash left on the disk: files that the index knows nothing of were acknowledged to nobody.</summary>
internal static class Remains
{
    public static void Clear(IStoreReader store, PieceTable pieces, PieceFolder folder)
    {
        foreach (long number in folder.PieceNumbers.ToArray())
        {
            if (pieces.Find(number) is not { IsLocal: true })
                folder.DeletePiece(number);
        }
        HashSet<string> known = [];
        using (IStoreCursor cursor = store.Scan(IndexKeys.Parts, KeyRange.All))
        {
            while (cursor.MoveNext())
                known.Add(JsonSerializer.Deserialize(cursor.Value, RecordJson.Records.PartRecord)!.File);
        }
        foreach (string file in folder.PartFiles.ToArray())
        {
            if (!known.Contains(file))
                folder.DeletePart(file);
        }
    }
}
