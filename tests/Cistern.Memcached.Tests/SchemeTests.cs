namespace Cistern.Tests;

public sealed class SchemeTests(SharedServers servers)
{
    private static readonly BackendSchemes Schemes = new(MemcachedScheme.Instance);

    [Fact]
    public async Task Address_WithEveryOption_IsReadWhole()
    {
        var prefix = SharedServers.NewPrefix();
        var addresses = string.Join(',', servers.Three.Select(SharedServers.AddressOf));
        await using var backend = await Schemes.OpenAsync(BackendAddress.Parse($"memcached://{addresses}?prefix={prefix}&timeout=5s&connect-timeout=2s&connections=3"));
        Assert.IsType<MemcachedBackend>(backend);
        for (var i = 0; i < 30; i++) await backend.SetStringAsync($"key{i}", "value");
        var places = await Task.WhenAll(servers.Three.Select(async server => (await RawTalk.AskAsync(server, string.Concat(Enumerable.Range(0, 30).Select(i => $"mg {prefix}key{i} k q\r\n")))).Split('\n').Length - 1));
        Assert.Equal(30, places.Sum());
        Assert.All(places, count => Assert.True(count > 0));
        Assert.Equal(30, await backend.ClearAsync());
    }

    [Theory]
    [InlineData("memcached:")]
    [InlineData("memcached:host")]
    [InlineData("memcached://")]
    [InlineData("memcached://host:x")]
    [InlineData("memcached://host,,other")]
    [InlineData("memcached://host/path")]
    [InlineData("memcached://user:secret@host")]
    [InlineData("memcached://host?connections=0")]
    [InlineData("memcached://host?connections=1000")]
    [InlineData("memcached://host?timeout=0s")]
    [InlineData("memcached://host?prefix=a%20b")]
    public async Task Address_Malformed_SaysWhatIsAllowed(string address)
    {
        var problem = await Assert.ThrowsAsync<FormatException>(() => Schemes.OpenAsync(BackendAddress.Parse(address)).AsTask());
        Assert.DoesNotContain("secret", problem.Message, StringComparison.Ordinal);
        Assert.NotEmpty(problem.Message);
    }

    [Fact]
    public async Task Address_NobodyThere_IsAFault() =>
        await Assert.ThrowsAsync<CacheBackendException>(() => Schemes.OpenAsync(BackendAddress.Parse($"memcached://127.0.0.1:{Servers.Loopback.TakePort()}?timeout=500ms")).AsTask());
}
