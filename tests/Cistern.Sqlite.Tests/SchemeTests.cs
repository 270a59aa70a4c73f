namespace Cistern.Tests;

public sealed class SchemeTests : SqliteTest
{
    private static readonly BackendSchemes Schemes = new(SqliteScheme.Instance);

    private BackendOpening Here => new() { BaseFolder = Path.GetDirectoryName(DatabasePath), TimeProvider = Clock };

    [Fact]
    public async Task Address_WithEveryOption_IsReadWhole()
    {
        await using var backend = await Schemes.OpenAsync(BackendAddress.Parse("sqlite:cache.db?capacity=7&max-size=64KB&durability=full&busy-timeout=5s"), Here);
        Assert.IsType<SqliteBackend>(backend);
        Assert.Equal((7, 64 * 1024), (backend.Capabilities.Capacity, backend.Capabilities.MaxSizeBytes));
        Assert.Equal(2, ((SqliteBackend)backend).Connection.Number("PRAGMA synchronous"u8));
        Assert.Equal(5_000, ((SqliteBackend)backend).Connection.Number("PRAGMA busy_timeout"u8));
        Assert.True(File.Exists(DatabasePath));
    }

    [Fact]
    public async Task Address_OfMemory_IsAnEmptyBackendEachTime()
    {
        await using var first = await Schemes.OpenAsync(BackendAddress.Parse("sqlite::memory:?capacity=2"), Here);
        await first.SetStringAsync("key", "value");
        await using var second = await Schemes.OpenAsync(BackendAddress.Parse("sqlite::memory:"), Here with { IsReadOnly = true });
        Assert.Null(await second.GetAsync("key"));
        Assert.Empty(Directory.GetFiles(Here.BaseFolder!));
    }

    [Theory]
    [InlineData("sqlite:cache.db?read-only=true", false)]
    [InlineData("sqlite:cache.db", true)]
    public async Task Address_ReadOnly_RefusesWrites(string address, bool opening)
    {
        using (var writer = Open()) writer.Set("key", Bytes("value"));
        await using var backend = await Schemes.OpenAsync(BackendAddress.Parse(address), Here with { IsReadOnly = opening });
        Assert.Equal("value", await backend.GetStringAsync("key"));
        await Assert.ThrowsAsync<CacheBackendException>(async () => await backend.SetStringAsync("key", "lost"));
    }

    [Theory]
    [InlineData("sqlite:")]
    [InlineData("sqlite:cache.db?durability=os")]
    [InlineData("sqlite:cache.db?capacity=0")]
    [InlineData("sqlite:cache.db?max-size=lots")]
    [InlineData("sqlite:cache.db?mode=memory")]
    [InlineData("sqlite:a%00.db?busy-timeout=never")]
    [InlineData("sqlite::memory:?read-only=true")]
    [InlineData("sqlite://user:hunter2@nowhere/cache.db")]
    [InlineData("sqlite://host/cache.db")]
    public async Task Address_Malformed_IsAFormatErrorAndCreatesNothing(string address)
    {
        await Assert.ThrowsAsync<FormatException>(async () => await Schemes.OpenAsync(BackendAddress.Parse(address), Here));
        Assert.Empty(Directory.GetFiles(Here.BaseFolder!));
    }

    [Theory]
    [InlineData("sqlite:x.db")]
    [InlineData("sqlite://FOLDER/x.db?capacity=1")]
    [InlineData("sqlite:link")]
    public void Files_OfAnAddress_AreAllThatTheDatabaseHasForItself(string address)
    {
        var target = Path.Combine(Here.BaseFolder!, "x.db");
        File.CreateSymbolicLink(Path.Combine(Here.BaseFolder!, "link"), target);

        var files = SqliteScheme.Instance.FilesOf(BackendAddress.Parse(address.Replace("FOLDER", Here.BaseFolder)), Here);

        Assert.Equal([target, target + "-wal", target + "-shm", target + "-journal"], files);
        Assert.Empty(SqliteScheme.Instance.FilesOf(BackendAddress.Parse("sqlite::memory:"), Here));
    }

    [Fact]
    public async Task Open_WhatMustExist_BeginsNothing()
    {
        foreach (var opening in new[] { Here with { MustExist = true }, Here with { IsReadOnly = true } })
        {
            var fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await Schemes.OpenAsync(BackendAddress.Parse("sqlite:cache.db"), opening));
            Assert.EndsWith("cache.db is not there.", fault.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(Here.BaseFolder!));
        }

        using (var writer = Open()) writer.Set("key", Bytes("value"));
        await using var backend = await Schemes.OpenAsync(BackendAddress.Parse("sqlite:cache.db"), Here with { MustExist = true });
        Assert.Equal("value", await backend.GetStringAsync("key"));
    }

    [Fact]
    public async Task Verify_ByAddress_ChecksTheFile()
    {
        using (var writer = Open()) writer.Set("key", Bytes("value"));
        Assert.True(await SqliteScheme.Instance.VerifyAsync(BackendAddress.Parse("sqlite:cache.db"), Here) is { IsSound: true, Entries: 1 });
        await Assert.ThrowsAsync<FormatException>(async () => await SqliteScheme.Instance.VerifyAsync(BackendAddress.Parse("sqlite::memory:"), Here));
        await Assert.ThrowsAsync<CacheBackendException>(async () => await SqliteScheme.Instance.VerifyAsync(BackendAddress.Parse("sqlite:missing.db"), Here));
    }
}
