using System.Buffers;
using Cistern.Testing;

namespace Cistern.Tests.Memory;

/// <summary>Which entry goes first: exact LRU and exact oldest-added, read back by evicting one entry after another.</summary>
public sealed class EvictionOrderTests
{
    private static InMemoryBackend Create(EvictionMode eviction)
    {
        var backend = new InMemoryBackend(new InMemoryBackendOptions { Capacity = 4, Eviction = eviction, TimeProvider = new ManualTimeProvider() });
        foreach (var key in new[] { "a", "b", "c", "d" }) backend.Set(key, new byte[8]);
        return backend;
    }

    private static string Order(InMemoryBackend backend)
    {
        var order = "";
        while (backend.EvictOne() is { } key) order += key;
        return order;
    }

    public static TheoryData<string, Func<InMemoryBackend, ValueTask>> WhatRefreshes() => new()
    {
        { "get", backend => { backend.Get("a"); return default; } },
        { "get async", async backend => await backend.GetAsync("a") },
        { "try get into a span", backend => { backend.TryGet("a", new byte[8], out _); return default; } },
        { "try get into a span that is too small", backend => { backend.TryGet("a", new byte[1], out _); return default; } },
        { "try get into a buffer", backend => { backend.TryGet("a", new ArrayBufferWriter<byte>()); return default; } },
        { "try get async", async backend => await backend.TryGetAsync("a", new ArrayBufferWriter<byte>()) },
        { "try read", backend => { backend.TryRead("a", 0, static (_, _) => { }); return default; } },
        { "get many", async backend => await backend.GetManyAsync(["a"]) },
        { "overwrite", backend => { backend.Set("a", new byte[2]); return default; } },
        { "overwrite in a batch", async backend => await backend.SetManyAsync([new SetRequest("a", new byte[2])]) },
    };

    public static TheoryData<string, Func<InMemoryBackend, ValueTask>> WhatDoesNot() => new()
    {
        { "touch", async backend => await backend.TouchAsync("a", TimeSpan.FromHours(1)) },
        { "exists", backend => { backend.Exists("a"); return default; } },
        { "exists async", async backend => await backend.ExistsAsync("a") },
        { "exists many", async backend => await backend.ExistsManyAsync(["a"]) },
        { "get entry", async backend => await backend.GetEntryAsync("a") },
        { "keys", async backend => await backend.KeysAsync("a").ToListAsync() },
        { "stats", async backend => await backend.GetStatsAsync() },
        { "a set that lost", backend => { backend.Set("a", new byte[2], new SetOptions { Condition = SetCondition.IfAbsent }); return default; } },
        { "a delete that lost", async backend => await backend.DeleteAsync("zz", 1) },
    };

    [Theory]
    [MemberData(nameof(WhatRefreshes), DisableDiscoveryEnumeration = true)]
    public async Task Lru_WhatRefreshes_MakesTheEntryTheLastToGo(string what, Func<InMemoryBackend, ValueTask> operation)
    {
        using var backend = Create(EvictionMode.Lru);
        await operation(backend);
        Assert.Equal((what, "bcda"), (what, Order(backend)));
    }

    [Theory]
    [MemberData(nameof(WhatDoesNot), DisableDiscoveryEnumeration = true)]
    public async Task Lru_WhatDoesNotRefresh_LeavesTheOrder(string what, Func<InMemoryBackend, ValueTask> operation)
    {
        using var backend = Create(EvictionMode.Lru);
        await operation(backend);
        Assert.Equal((what, "abcd"), (what, Order(backend)));
    }

    [Theory]
    [MemberData(nameof(WhatRefreshes), DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(WhatDoesNot), DisableDiscoveryEnumeration = true)]
    public async Task OldestAdded_AnyOperation_LeavesTheOrder(string what, Func<InMemoryBackend, ValueTask> operation)
    {
        using var backend = Create(EvictionMode.OldestAdded);
        await operation(backend);
        Assert.Equal((what, "abcd"), (what, Order(backend)));
    }

    [Theory]
    [InlineData(EvictionMode.Lru)]
    [InlineData(EvictionMode.OldestAdded)]
    public void Order_DeletedAndSetAgain_CountsAsNew(EvictionMode eviction)
    {
        using var backend = Create(eviction);
        backend.Delete("b");
        backend.Set("b", new byte[8]);
        Assert.Equal("acdb", Order(backend));
    }

    [Fact]
    public async Task Lru_GetMany_RefreshesInTheOrderAsked()
    {
        using var backend = Create(EvictionMode.Lru);
        await backend.GetManyAsync(["c", "a", "nothing", "b", "c"]);
        Assert.Equal("dcab", Order(backend));
    }

    [Fact]
    public void Lru_ReadingTheNewest_LeavesTheOrder()
    {
        using var backend = Create(EvictionMode.Lru);
        backend.Get("d");
        Assert.Equal("abcd", Order(backend));
    }

    [Fact]
    public void Lru_ReadingFromTheMiddle_MovesOnlyThatEntry()
    {
        using var backend = Create(EvictionMode.Lru);
        backend.Get("c");
        backend.Get("b");
        Assert.Equal("adcb", Order(backend));
    }

    [Theory]
    [InlineData(EvictionMode.Lru, "a c d e")]
    [InlineData(EvictionMode.OldestAdded, "b c d e")]
    public async Task Set_AtCapacity_EvictsTheFirstOfTheOrder(EvictionMode eviction, string left)
    {
        using var backend = Create(eviction);
        backend.Get("a");
        backend.Set("e", new byte[8]);
        Assert.Equal(left, await Recount.KeysOfAsync(backend));
    }

    [Theory]
    [InlineData(EvictionMode.Lru)]
    [InlineData(EvictionMode.OldestAdded)]
    public void Order_RandomOperations_AgreesWithAPlainList(EvictionMode eviction)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            using var backend = new InMemoryBackend(new InMemoryBackendOptions { Capacity = 8, Eviction = eviction });
            var list = new List<string>();
            for (var step = 0; step < 500; step++)
            {
                var key = random.Next(14).ToString();
                var held = list.Contains(key);
                switch (random.Next(8))
                {
                    case < 3:
                        Assert.Equal(held, backend.Get(key) is not null);
                        if (held && eviction == EvictionMode.Lru) { list.Remove(key); list.Add(key); }
                        break;
                    case < 6:
                        backend.Set(key, new byte[random.Next(5)]);
                        if (held && eviction == EvictionMode.Lru) list.Remove(key);
                        if (!held && list.Count == 8) list.RemoveAt(0);
                        if (!list.Contains(key)) list.Add(key);
                        break;
                    case 6:
                        Assert.Equal(held, backend.Delete(key));
                        list.Remove(key);
                        break;
                    default:
                        Assert.Equal(held, backend.Exists(key));
                        break;
                }
            }

            Assert.Equal(string.Concat(list), Order(backend));
        }
    }
}
