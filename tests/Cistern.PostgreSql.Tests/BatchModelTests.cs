namespace Cistern.Tests;

/// <summary>Batches at random, with repeated keys, conditions, ends and refusals, by each path: as if each entry had been set alone.</summary>
public sealed class BatchModelTests(DatabaseServer server) : PostgreSqlTest(server)
{
    private const long MaxValueBytes = 8;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Batches_ByEachPath_AreAsIfSetOneAfterAnother(int seed)
    {
        await using var fresh = await OpenAsync("fresh");
        await using var arrays = await OpenAsync("arrays");
        await using var staged = await OpenAsync("staged");
        await using var single = await OpenAsync("single");
        PostgreSqlBackend[] all = [fresh, arrays, staged, single];
        var random = new Random(seed);
        for (var round = 0; round < 40; round++)
        {
            var requests = Enumerable.Range(0, random.Next(1, 40)).Select(_ => RandomRequest(random)).ToList();
            var plan = BatchPlan.Of([.. requests.Select(request => Expiration(request))], MaxValueBytes);
            var one = new List<SetOutcome>();
            foreach (var request in requests) one.Add(await single.SetAsync(request.Key, request.Value, request.Options));
            Assert.Equal(one, await fresh.Batches.StoreFreshAsync(plan, Now, default));
            Assert.Equal(one, await arrays.Batches.StoreArraysAsync(plan, Now, default));
            Assert.Equal(one, await staged.Batches.StoreStagedAsync(plan, Now, default));
            var (key, version) = (RandomKey(random), random.Next(2) == 0 ? (long?)random.Next(6) : null);
            var deleted = await Task.WhenAll(all.Select(async backend => version is { } number ? await backend.DeleteAsync(key, number) : await backend.DeleteAsync(key)));
            Assert.Single(deleted.Distinct());
            Clock.Advance(TimeSpan.FromMilliseconds(random.Next(300)));
            await AssertSameAsync(all);
        }
    }

    [Fact]
    public async Task LargeBatch_ThroughTheTemporaryTable_LeavesNothingBehind()
    {
        await using var backend = await OpenAsync("large");
        var requests = Enumerable.Range(0, LongTransaction.PartEntries + 100).Select(i => new SetRequest($"{i % LongTransaction.PartEntries}", Bytes($"{i}"), SetOptions.IfNewer(i))).ToList();
        var outcomes = await backend.SetManyAsync(requests);
        Assert.All(outcomes, outcome => Assert.Equal(SetOutcome.Stored, outcome));
        Assert.Equal($"{LongTransaction.PartEntries + 7}", await backend.GetStringAsync("7"));
        Assert.All(await backend.SetManyAsync(requests.Skip(100)), outcome => Assert.Equal(SetOutcome.AlreadyCurrent, outcome));
        Assert.All(await backend.SetManyAsync(requests.Take(LongTransaction.PartEntries).Select(request => request with { Options = SetOptions.IfNewer(-1) })), outcome => Assert.Equal(SetOutcome.Superseded, outcome));
        Assert.Equal(0L, await RunAsync("SELECT count(*) FROM pg_class WHERE relname = 'cistern_staged'"));
    }

    [Fact]
    public async Task Batch_OfOneKeyManyTimes_HasEachOutcome()
    {
        await using var backend = await OpenAsync("one");
        var versions = Enumerable.Range(0, 2_000).Select(i => i % 2 == 0 ? i : 1_000L).ToArray();
        var outcomes = await backend.SetManyAsync(versions.Select(version => new SetRequest("key", Bytes($"{version}"), SetOptions.IfNewer(version))));
        var highest = long.MinValue;
        foreach (var (version, outcome) in versions.Zip(outcomes))
        {
            Assert.Equal(version > highest ? SetOutcome.Stored : version == highest ? SetOutcome.AlreadyCurrent : SetOutcome.Superseded, outcome);
            highest = Math.Max(highest, version);
        }

        Assert.Equal("1998", await backend.GetStringAsync("key"));
    }

    [Fact]
    public async Task Keys_InMoreThanOnePart_AreFoundAndDeleted()
    {
        await using var backend = await OpenAsync("parts");
        var keys = Enumerable.Range(0, 2 * LongTransaction.PartEntries + 5).Select(i => $"{i}").ToArray();
        await backend.SetManyAsync(keys.Select(key => new SetRequest(key, Bytes("x"))));
        Assert.Equal(keys.Length, (await backend.GetManyAsync(keys)).Count);
        Assert.Equal(keys.Length, (await backend.ExistsManyAsync(keys)).Count);
        Assert.Equal(keys.Length, await backend.DeleteManyAsync(keys));
        Assert.Empty(await backend.ExistsManyAsync(keys));
    }

    [Fact]
    public async Task Batch_OfManyMegabytes_IsStored()
    {
        await using var backend = await PostgreSqlBackend.OpenAsync(Server.ConnectionString, new PostgreSqlBackendOptions { Table = Table, TimeProvider = Clock });
        var value = new byte[3 * 1024 * 1024];
        new Random(1).NextBytes(value);
        Assert.All(await backend.SetManyAsync(Enumerable.Range(0, 8).Select(i => new SetRequest($"{i}", value))), outcome => Assert.Equal(SetOutcome.Stored, outcome));
        foreach (var (_, found) in await backend.GetManyAsync(Enumerable.Range(0, 8).Select(i => $"{i}"))) Assert.True(value.AsSpan().SequenceEqual(found));
        Assert.Equal(8L * value.Length, (await backend.GetStatsAsync()).CurrentSizeBytes);
    }

    // Of the larger ones those that come after a clear are loaded as new keys.
    [Theory]
    [InlineData(200)]
    [InlineData(600)]
    public async Task Batches_OfTheSameKeysInAnyOrder_DoNotLockEachOtherOut(int count)
    {
        await using var backend = await OpenAsync($"locks {count}");
        var keys = Enumerable.Range(0, count).Select(i => $"{i}").ToArray();
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            for (var round = 0; round < 25; round++)
            {
                var mine = keys.ToArray();
                random.Shuffle(mine);
                switch (caller % 4)
                {
                    case 3 when round % 5 == 0: await backend.ClearAsync(); break;
                    case 3: await backend.DeleteManyAsync(mine); break;
                    case 2: await backend.SetManyAsync(mine.Select(key => new SetRequest(key, Bytes("v"), SetOptions.IfNewer(round)))); break;
                    default: await backend.SetManyAsync(mine.Select(key => new SetRequest(key, Bytes("v")))); break;
                }
            }
        })));

        // A deadlock is found after a second at the earliest.
        Assert.Equal(0L, await RunAsync("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"));
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30));
    }

    private async Task<PostgreSqlBackend> OpenAsync(string name) =>
        await PostgreSqlBackend.OpenAsync(Server.ConnectionString, new PostgreSqlBackendOptions { Table = $"{Table} {name}", TimeProvider = Clock, MaxValueBytes = MaxValueBytes });

    private static string RandomKey(Random random) => $"key {random.Next(12)}";

    private static SetRequest RandomRequest(Random random)
    {
        var options = random.Next(3) switch
        {
            0 => SetOptions.IfNewer(random.Next(6)),
            1 => new SetOptions { Condition = SetCondition.IfAbsent },
            _ => new SetOptions(),
        };
        if (random.Next(3) == 0) options = options with { TimeToLive = TimeSpan.FromMilliseconds(random.Next(1, 500)) };
        if (random.Next(4) == 0) options = options with { Metadata = new Dictionary<string, string> { ["n"] = $"{random.Next()}" } };
        return new SetRequest(RandomKey(random), Bytes(new string('x', random.Next(20) == 0 ? 9 : random.Next(9))), options);
    }

    private EntryDraft Expiration(SetRequest request) => new()
    {
        Key = request.Key,
        Value = new System.Buffers.ReadOnlySequence<byte>(request.Value),
        CreatedAtMilliseconds = Now,
        ExpiresAtMilliseconds = request.Options!.TimeToLive is { } duration ? Now + (long)duration.TotalMilliseconds : null,
        Metadata = request.Options.Metadata,
        Condition = request.Options.Condition,
        Version = request.Options.Version,
    };

    private static async Task AssertSameAsync(PostgreSqlBackend[] all)
    {
        var listings = await Task.WhenAll(all.Select(async backend =>
        {
            var texts = new List<string>();
            foreach (var key in (await backend.KeysAsync().ToListAsync()).Order(StringComparer.Ordinal))
            {
                var entry = (await backend.GetEntryAsync(key))!;
                texts.Add($"{key} {entry.Version} {entry.SizeBytes} {entry.CreatedAt} {entry.ExpiresAt} {string.Join(',', entry.Metadata)}");
            }

            return texts;
        }));
        foreach (var listing in listings.Skip(1)) Assert.Equal(listings[0], listing);
    }
}
