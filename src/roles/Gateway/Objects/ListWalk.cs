using System.Text;
using Flashback.State.Store;

namespace Flashback.Gateway.Objects;

/// <summary>Goes over the keys of a bucket; what keys share up to a delimiter is told once and stepped over.</summary>
internal sealed class ListWalk(IStoreReader store, Column column, string bucket, ListQuery query)
{
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(query.Prefix), _delimiter = Encoding.UTF8.GetBytes(query.Delimiter), _after = Encoding.UTF8.GetBytes(query.After);
    private readonly List<string> _common = [];
    private readonly int _bucketBytes = IndexKeys.Object(bucket, "").Length;
    private byte[] _last = [];
    private int _told;

    public delegate void Telling(string key, ReadOnlySpan<byte> value);

    public IReadOnlyList<string> CommonPrefixes => _common;

    /// <summary>The last that was told, where there are more; null where there are none.</summary>
    public string? Last { get; private set; }

    public void Run(Telling tell)
    {
        KeyRange all = KeyRange.WithPrefix(IndexKeys.Object(bucket, _prefix));
        byte[]? from = _after.Length > 0 && _after.AsSpan().SequenceCompareTo(_prefix) >= 0 ? IndexKeys.Object(bucket, [.. _after, 0]) : all.From;
        while (query.Most > 0 && from is not null)
            from = RunFrom(all with { From = from }, tell);
    }

    /// <summary>Goes on until something shared is to be stepped over.</summary>
    /// <returns>Where to go on; null at the end.</returns>
    private byte[]? RunFrom(KeyRange range, Telling tell)
    {
        using IStoreCursor cursor = store.Scan(column, range);
        while (cursor.MoveNext())
        {
            ReadOnlySpan<byte> key = cursor.Key[_bucketBytes..];
            int zero = key.IndexOf((byte)0), end = zero < 0 ? key.Length : zero; // an upload's id, after the zero, is no part of the key
            int delimiter = _delimiter.Length == 0 || end < _prefix.Length ? -1 : key[_prefix.Length..end].IndexOf(_delimiter);
            byte[]? common = delimiter < 0 ? null : key[..(_prefix.Length + delimiter + _delimiter.Length)].ToArray();
            if (common is not null && _after.AsSpan().StartsWith(common)) // told on the page before
                return KeyRange.WithPrefix(IndexKeys.Object(bucket, common)).Before;
            if (_told == query.Most)
            {
                Last = Encoding.UTF8.GetString(_last);
                return null;
            }
            _told++;
            _last = common ?? key.ToArray();
            if (common is null)
            {
                tell(Encoding.UTF8.GetString(key), cursor.Value);
                continue;
            }
            _common.Add(Encoding.UTF8.GetString(common));
            return KeyRange.WithPrefix(IndexKeys.Object(bucket, common)).Before;
        }
        return null;
    }
}
