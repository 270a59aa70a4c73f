using System.Text;

namespace Cistern.Tests;

/// <summary>A value is written over the one before it only where nobody looks at that one any more.</summary>
public sealed class SharedValueTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TryRead_TheKeyIsSetMeanwhile_ShowsTheValueItBeganWith()
    {
        using var backend = FileBackend.Open(_folder.Cache);
        backend.Set("key", "before"u8.ToArray());
        backend.Set("key", "before"u8.ToArray());

        var shown = "";
        backend.TryRead("key", backend, (value, set) =>
        {
            set.Set("key", "after!"u8.ToArray());
            shown = Encoding.UTF8.GetString(value);
        });

        Assert.Equal("before", shown);
        Assert.Equal("after!"u8.ToArray(), backend.Get("key"));
    }

    [Fact]
    public async Task Get_TheKeyIsSetAfterwards_IsACopy()
    {
        using var backend = FileBackend.Open(_folder.Cache);
        backend.Set("key", "before"u8.ToArray());
        var read = backend.Get("key")!;
        var entry = (await backend.GetEntryAsync("key"))!;
        backend.Set("key", "after!"u8.ToArray());
        Assert.Equal("before"u8.ToArray(), read);
        Assert.Equal("before"u8.ToArray(), entry.Value.ToArray());
        read[0] = (byte)'x';
        Assert.Equal("after!"u8.ToArray(), backend.Get("key"));
    }

    [Fact]
    public void Compaction_KeysAreSetMeanwhile_WritesTheEntriesItBeganWith()
    {
        var calls = new FaultyCalls();
        var isSet = false;
        using (var backend = FileBackend.Open(_folder.Cache, options: null, new StoreEnvironment { Calls = calls }))
        {
            for (var i = 0; i < 100; i++) backend.Set("key" + i, Encoding.UTF8.GetBytes($"before {i:d3}"));
            calls.Fails = (_, _) =>
            {
                if (isSet) return false;
                isSet = true;
                for (var i = 0; i < 100; i++) backend.Set("key" + i, Encoding.UTF8.GetBytes($"after! {i:d3}"));
                return false;
            };
            backend.Compact();
            Assert.True(isSet);
            backend.Abandon();
        }

        Assert.Contains("before 099", File.ReadAllText(_folder.Cache), StringComparison.Ordinal);
        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.Empty(reopened.Findings);
        for (var i = 0; i < 100; i++) Assert.Equal($"after! {i:d3}", Encoding.UTF8.GetString(reopened.Get("key" + i)!));
    }

    [Fact]
    public async Task Overwrite_OtherLengths_CountsEachByteOnce()
    {
        using var backend = FileBackend.Open(_folder.Cache);
        var random = new Random(7);
        var lengths = new int[20];
        for (var i = 0; i < 2000; i++)
        {
            var key = random.Next(lengths.Length);
            lengths[key] = random.Next(3) == 0 ? random.Next(6000) : Math.Max(0, lengths[key] + random.Next(-80, 20));
            var value = new byte[lengths[key]];
            value.AsSpan().Fill((byte)key);
            backend.Set("key" + key, value);
            Assert.Equal(value, backend.Get("key" + key));
        }

        var stats = await backend.GetStatsAsync();
        Assert.Equal(lengths.Sum(), stats.CurrentSizeBytes);
        Assert.InRange(stats.MemoryBytes!.Value, lengths.Sum(), lengths.Sum() + (lengths.Length * 1000));
    }
}
