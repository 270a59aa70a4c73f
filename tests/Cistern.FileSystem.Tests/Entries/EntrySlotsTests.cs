namespace Cistern.Tests;

/// <summary>The table of slots does what a dictionary and a list in order do together.</summary>
public sealed class EntrySlotsTests
{
    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 1000)]
    [InlineData(3, 20_000)]
    public void Slots_RandomOperations_AreAsADictionaryAndAListAre(int seed, int keys)
    {
        var random = new Random(seed);
        var slots = new EntrySlots();
        var order = new LinkedList<string>();
        var places = new Dictionary<string, LinkedListNode<string>>();
        var trims = 0;
        for (var i = 0; i < 60_000; i++)
        {
            // Grows and shrinks in turn, far enough to be trimmed.
            var isGrowing = i / 10_000 % 2 == 0;
            var key = "key" + random.Next(keys);
            slots.Prefetch(key);
            var slot = slots.Find(key);
            Assert.Equal(places.ContainsKey(key), slot >= 0);
            if (slot < 0 && isGrowing)
            {
                slots.Add(key, new HeldState(BitConverter.GetBytes(i), i), isShared: false);
                places[key] = order.AddLast(key);
            }
            else if (slot >= 0 && isGrowing)
            {
                Assert.Equal(key, slots[slot].Key);
                slots.MoveToNewest(slot);
                order.Remove(places[key]);
                order.AddLast(places[key]);
            }
            else if (order.First is { } oldest)
            {
                Assert.Equal(oldest.Value, slots[slots.Oldest].Key);
                slots.Remove(slot >= 0 ? slot : slots.Oldest);
                places.Remove(slot >= 0 ? key : oldest.Value, out var place);
                order.Remove(place!);
                trims += slots.Trim() ? 1 : 0;
            }

            Assert.Equal(order.Count, slots.Count);
            if (i % 1000 == 0) Assert.Equal(order, slots.InOrder().Select(number => slots[number].Key!));
        }

        Assert.Equal(order, slots.InOrder().Select(number => slots[number].Key!));
        Assert.True(trims > 0);
        slots.Clear();
        Assert.Equal((0, -1, -1), (slots.Count, slots.Oldest, slots.Find("key1")));
    }
}
