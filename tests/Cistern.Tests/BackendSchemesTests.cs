using Cistern.Testing;

namespace Cistern.Tests;

public sealed class BackendSchemesTests
{
    private static readonly BackendSchemes Schemes = new(new NoteScheme());

    [Fact]
    public async Task Open_Memory_AppliesItsOptions()
    {
        await using var backend = await new BackendSchemes().OpenAsync(BackendAddress.Parse("memory:?capacity=2&max-size=1KB&max-memory=1MB&eviction=oldest_added"));

        Assert.Equal((2L, 1024L, 1024L * 1024), (backend.Capabilities.Capacity!.Value, backend.Capabilities.MaxSizeBytes!.Value, backend.Capabilities.MaxMemoryBytes!.Value));
        foreach (var key in new[] { "a", "b", "a", "c" })
        {
            await backend.SetAsync(key, "1"u8.ToArray());
            await backend.GetAsync("a");
        }

        Assert.False(await backend.ExistsAsync("a"));
    }

    [Fact]
    public async Task Open_UsesTheClockOfTheOpening()
    {
        var clock = new ManualTimeProvider();
        await using var backend = await Schemes.OpenAsync(BackendAddress.Parse("memory:"), new BackendOpening { TimeProvider = clock });
        await backend.SetAsync("a", "1"u8.ToArray(), TimeSpan.FromSeconds(1));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await backend.GetAsync("a"));
    }

    [Fact]
    public async Task Open_RegisteredScheme_GetsTheAddressAndTheOpening()
    {
        var scheme = new NoteScheme();
        var opening = new BackendOpening { IsReadOnly = true };
        await using var backend = await new BackendSchemes(scheme).OpenAsync(BackendAddress.Parse("note:here?size=3"), opening);
        Assert.Equal(("here", opening), (scheme.Address!.Location, scheme.Opening!));
    }

    [Theory]
    [InlineData("memroy:", "unknown kind of backend 'memroy'; did you mean 'memory:'?")]
    [InlineData("couchbase:", "unknown kind of backend 'couchbase'; known: memory:, note:")]
    [InlineData("memory:?capcity=1", "unknown option 'capcity' of memory:; did you mean 'capacity'?")]
    [InlineData("note:?zzzzzzzzzz=secret", "unknown option 'zzzzzzzzzz' of note:; known: size")]
    [InlineData("memory:here", "memory: has no location; options follow a question mark, as in memory:?capacity=1000")]
    [InlineData("memory:?capacity=0", "capacity must be a whole number, at least 1")]
    [InlineData("memory:?capacity=1.5", "capacity must be a whole number, at least 1")]
    [InlineData("memory:?max-size=big", "max-size must be a number of bytes such as 1000, 64KB, 100MB or 2GB (MB = 1024² bytes)")]
    [InlineData("memory:?eviction=random", "eviction must be lru or oldest_added or s3fifo or tiny_lfu or adaptive")]
    public async Task Open_WhatCannotBe_SaysWhatIsAllowed(string address, string message) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<FormatException>(async () => await Schemes.OpenAsync(BackendAddress.Parse(address)))).Message);

    [Fact]
    public void Options_AreReadByTheirKind()
    {
        var address = BackendAddress.Parse("x:?bytes=2KB&time=5m&whole=-3&on=true&off=false&word=b");
        Assert.Equal((2048L, TimeSpan.FromMinutes(5), -3L), (address.BytesOf("bytes")!.Value, address.DurationOf("time")!.Value, address.WholeOf("whole", -3)!.Value));
        Assert.Equal((true, false, false), (address.FlagOf("on"), address.FlagOf("off"), address.FlagOf("none")));
        Assert.Equal(2, address.ChoiceOf("word", ("a", 1), ("b", 2)));
        Assert.Null(address.BytesOf("none"));
        Assert.Equal("time must be a number of bytes such as 1000, 64KB, 100MB or 2GB (MB = 1024² bytes)", Assert.Throws<FormatException>(() => address.BytesOf("time")).Message);
        Assert.Equal("bytes must be a duration such as 500ms, 30s, 5m, 1h or 1d", Assert.Throws<FormatException>(() => address.DurationOf("bytes")).Message);
        Assert.Equal("word must be true or false", Assert.Throws<FormatException>(() => address.FlagOf("word")).Message);
    }

    [Fact]
    public void FullPath_OfARelativePath_BeginsAtTheBaseFolder()
    {
        var folder = Path.GetTempPath();
        Assert.Equal(Path.Combine(folder, "cache.json"), new BackendOpening { BaseFolder = folder }.FullPath("cache.json"));
        Assert.Equal(Path.GetFullPath("cache.json"), BackendOpening.Default.FullPath("cache.json"));
        Assert.Equal(Path.Combine(folder, "other"), BackendOpening.Default.FullPath(Path.Combine(folder, "other")));
    }

    private sealed class NoteScheme() : BackendScheme("note", ["size"])
    {
        public BackendAddress? Address { get; private set; }

        public BackendOpening? Opening { get; private set; }

        public override ValueTask<CacheBackend> OpenAsync(BackendAddress address, BackendOpening opening, CancellationToken cancellationToken)
        {
            (Address, Opening) = (address, opening);
            return new(new InMemoryBackend());
        }
    }
}
