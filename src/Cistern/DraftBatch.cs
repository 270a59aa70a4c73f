using System.Buffers;
using System.Collections;

namespace Cistern;

/// <summary>The entries of a batch on their way to the core, in memory that goes back to a pool: a draft is large, and a batch of a thousand would be a large object each time.</summary>
internal sealed class DraftBatch(int capacity) : IReadOnlyList<EntryDraft>, IDisposable
{
    private EntryDraft[] _drafts = ArrayPool<EntryDraft>.Shared.Rent(capacity);

    public int Count { get; private set; }

    /// <summary>The drafts where they lie: each is a hundred bytes, too many to be copied once more.</summary>
    public ReadOnlySpan<EntryDraft> Span => _drafts.AsSpan(0, Count);

    public EntryDraft this[int index] => index < Count ? _drafts[index] : throw new ArgumentOutOfRangeException(nameof(index));

    public void Add(in EntryDraft draft)
    {
        if (Count == _drafts.Length)
        {
            var larger = ArrayPool<EntryDraft>.Shared.Rent(Count * 2);
            _drafts.CopyTo(larger, 0);
            Return();
            _drafts = larger;
        }

        _drafts[Count++] = draft;
    }

    public IEnumerator<EntryDraft> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return _drafts[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        Return();
        _drafts = [];
        Count = 0;
    }

    // Cleared, so that the pool keeps no caller's value alive.
    private void Return()
    {
        _drafts.AsSpan(0, Count).Clear();
        ArrayPool<EntryDraft>.Shared.Return(_drafts);
    }
}
