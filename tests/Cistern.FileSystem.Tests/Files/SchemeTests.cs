namespace Cistern.Tests;

/// <summary>Addresses of files.</summary>
public sealed class SchemeTests : IDisposable
{
    private static readonly BackendSchemes Schemes = new(FileScheme.Instance);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Address_RelativePath_BeginsAtTheBaseFolder()
    {
        await using (var backend = await OpenAsync("file:cache.json?capacity=7&durability=power&eviction=oldest_added"))
        {
            Assert.Equal(7, backend.Capabilities.Capacity);
            await backend.SetStringAsync("key", "value");
        }

        Assert.True(File.Exists(_folder.Cache));
        var verification = await FileScheme.Instance.VerifyAsync(BackendAddress.Parse("file:cache.json?capacity=1"), Opening, TestContext.Current.CancellationToken);
        Assert.True(verification.IsSound);
        Assert.Equal(1, verification.Entries);
    }

    [Theory]
    [InlineData("file:")]
    [InlineData("file:?capacity=1")]
    [InlineData("file:a?durability=sure")]
    [InlineData("file:a?max-file=100GB")]
    [InlineData("file:a?capasity=1")]
    [InlineData("file://user:hunter2@nowhere/cache.json")]
    public async Task Address_Malformed_SaysSo(string address) => await Assert.ThrowsAsync<FormatException>(() => OpenAsync(address).AsTask());

    [Fact]
    public async Task Address_ReadOnly_CreatesNothing()
    {
        await Assert.ThrowsAsync<CacheBackendException>(() => OpenAsync("file:new/cache.json?read-only=true").AsTask());
        Assert.Empty(_folder.Names);
    }

    [Theory]
    [InlineData("file:x")]
    [InlineData("file:sub/../x")]
    [InlineData("file://FOLDER/x?durability=power")]
    [InlineData("file:link")]
    public void Files_OfAnAddress_AreAllThatTheBackendHasForItself(string address)
    {
        var target = Path.Combine(_folder.Path, "x");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "link"), target);

        var files = FileScheme.Instance.FilesOf(BackendAddress.Parse(address.Replace("FOLDER", _folder.Path)), Opening);

        Assert.Equal([target, .. new[] { ".meta", ".meta.next", ".journal", ".journal.next", ".lock" }.Select(ending => target + ending)], files);
        Assert.Equal(["link"], _folder.Names);
    }

    [Theory]
    [InlineData("file://host/x")]
    [InlineData("file://x")]
    [InlineData("file://")]
    public async Task Address_WithAHost_IsMalformed(string address)
    {
        Assert.Throws<FormatException>(() => FileScheme.Instance.FilesOf(BackendAddress.Parse(address), Opening));
        await Assert.ThrowsAsync<FormatException>(() => OpenAsync(address).AsTask());
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task Open_WhatMustExist_BeginsNothing()
    {
        var opening = Opening with { MustExist = true };
        await Assert.ThrowsAsync<CacheBackendException>(() => Schemes.OpenAsync(BackendAddress.Parse("file:new/cache.json"), opening, TestContext.Current.CancellationToken).AsTask());
        Assert.Empty(_folder.Names);

        await using (var backend = await OpenAsync("file:cache.json")) await backend.SetStringAsync("key", "value");
        await using var again = await Schemes.OpenAsync(BackendAddress.Parse("file:cache.json"), opening, TestContext.Current.CancellationToken);
        Assert.Equal("value", await again.GetStringAsync("key"));
    }

    [Fact]
    public async Task Address_EscapesInThePath_AreNotDecoded()
    {
        await using (var backend = await OpenAsync("file:%2e%2e%2fcanary.json")) await backend.SetStringAsync("key", "value");
        Assert.Contains("%2e%2e%2fcanary.json", _folder.Names);
    }

    private BackendOpening Opening => new() { BaseFolder = _folder.Path };

    private ValueTask<CacheBackend> OpenAsync(string address) => Schemes.OpenAsync(BackendAddress.Parse(address), Opening, TestContext.Current.CancellationToken);
}
