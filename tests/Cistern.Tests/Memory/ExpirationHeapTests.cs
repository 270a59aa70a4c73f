namespace Cistern.Tests.Memory;

/// <summary>The heap against a list that is sorted anew after each step.</summary>
public sealed class ExpirationHeapTests
{
    [Fact]
    public void Next_OfAnEmptyHeap_IsNull()
    {
        var heap = new ExpirationHeap();
        Assert.Null(heap.Next);
        heap.Remove(new StoredEntry("never in it"));
        Assert.Null(heap.Next);
    }

    [Fact]
    public void Place_EntryWithoutAnEnd_TakesItOut()
    {
        var heap = new ExpirationHeap();
        var entry = new StoredEntry("a") { ExpiresAt = 5 };
        heap.Place(entry);
        Assert.Same(entry, heap.Next);
        entry.ExpiresAt = StoredEntry.Never;
        heap.Place(entry);
        Assert.Null(heap.Next);
        Assert.Equal(-1, entry.HeapIndex);
        heap.Place(entry);
        Assert.Null(heap.Next);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 8)]
    [InlineData(3, 60)]
    [InlineData(4, 1000)]
    public void Heap_RandomOperations_AgreesWithASortedList(int seed, int keys)
    {
        var random = new Random(seed);
        var heap = new ExpirationHeap();
        var entries = Enumerable.Range(0, keys).Select(i => new StoredEntry(i.ToString())).ToArray();
        var held = new HashSet<StoredEntry>();
        for (var step = 0; step < 4000; step++)
        {
            var entry = entries[random.Next(keys)];
            switch (random.Next(10))
            {
                case < 6:
                    // Few different ends, so that ties are common.
                    entry.ExpiresAt = random.Next(10) == 0 ? StoredEntry.Never : random.Next(50);
                    heap.Place(entry);
                    if (entry.ExpiresAt == StoredEntry.Never) held.Remove(entry);
                    else held.Add(entry);
                    break;
                case < 8:
                    heap.Remove(entry);
                    held.Remove(entry);
                    break;
                default:
                    if (heap.Next is not { } next) break;
                    heap.Remove(next);
                    Assert.True(held.Remove(next));
                    break;
            }

            Assert.Equal(held.Count == 0 ? null : held.Min(other => other.ExpiresAt), heap.Next?.ExpiresAt);
            Assert.Equal(held.Contains(entry), entry.HeapIndex >= 0);
        }

        var expected = held.Select(entry => entry.ExpiresAt).Order().ToList();
        var drained = new List<long>();
        while (heap.Next is { } next)
        {
            drained.Add(next.ExpiresAt);
            heap.Remove(next);
        }

        Assert.Equal(expected, drained);
    }
}
