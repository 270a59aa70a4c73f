namespace Cistern;

/// <summary>Names of one server, close together in memory: there may be millions. Each has its length before it.</summary>
internal sealed class NameList
{
    private const int BlockBytes = 1024 * 1024;

    private readonly List<byte[]> _blocks = [];
    private int _used = BlockBytes;

    public void Add(ReadOnlySpan<byte> name)
    {
        if (_used + 1 + name.Length > BlockBytes)
        {
            if (_blocks.Count > 0 && _used < BlockBytes) _blocks[^1][_used] = 0;
            _blocks.Add(_blocks.Count == 0 ? new byte[BlockBytes] : GC.AllocateUninitializedArray<byte>(BlockBytes));
            _used = 0;
        }

        var block = _blocks[^1];
        block[_used] = (byte)name.Length;
        name.CopyTo(block.AsSpan(_used + 1));
        _used += 1 + name.Length;
    }

    public void Clear()
    {
        _blocks.Clear();
        _used = BlockBytes;
    }

    /// <summary>The names, some at a time, each as an array of its own.</summary>
    public IEnumerable<List<KeyTarget>> Pages(int most)
    {
        var page = new List<KeyTarget>();
        for (var i = 0; i < _blocks.Count; i++)
        {
            var end = i == _blocks.Count - 1 ? _used : BlockBytes;
            for (var at = 0; at < end && _blocks[i][at] != 0; at += 1 + _blocks[i][at])
            {
                page.Add(new KeyTarget(_blocks[i].AsSpan(at + 1, _blocks[i][at]).ToArray(), null));
                if (page.Count < most) continue;
                yield return page;
                page = [];
            }
        }

        if (page.Count > 0) yield return page;
    }
}
