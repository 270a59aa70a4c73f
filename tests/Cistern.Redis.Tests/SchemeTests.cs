using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>Addresses of Redis servers.</summary>
public sealed class SchemeTests(RedisServers servers)
{
    private static readonly BackendSchemes Schemes = new(RedisScheme.Instance, RedisScheme.TlsInstance);

    [Theory]
    [InlineData("//host", null, "host:6379", null)]
    [InlineData("//host/", null, "host:6379", null)]
    [InlineData("//host:1/3", null, "host:1", 3)]
    [InlineData("//:s%40%3A%2Fcret@host", "s@:/cret", "host:6379", null)]
    [InlineData("//default:a:b@host", "a:b", "host:6379", null)]
    [InlineData("//[::1]:7000,b,c:9/0", null, "[::1]:7000 b:6379 c:9", 0)]
    public void Location_IsReadAsItIsMeant(string location, string? password, string targets, int? database)
    {
        var read = RedisLocation.Parse(location);
        Assert.Equal((password, targets, database), (read.Password, string.Join(' ', read.Servers), read.Database));
    }

    [Theory]
    [InlineData("redis:host")]
    [InlineData("redis://")]
    [InlineData("redis://:secret@")]
    [InlineData("redis://user:secret@host")]
    [InlineData("redis://:secret@host:port")]
    [InlineData("redis://:secret@host:0")]
    [InlineData("redis://:secret@host:65536")]
    [InlineData("redis://:secret@host/cache")]
    [InlineData("redis://:secret@host/-1")]
    [InlineData("redis://:secret@host,,other")]
    [InlineData("redis://:secret@host?timeout=never")]
    [InlineData("redis://:secret@host?timeout=0s")]
    [InlineData("redis://:secret@host?max-value=0")]
    [InlineData("redis://:secret@host?max-value=1GB")]
    [InlineData("redis://:secret@host?prefix=%00")]
    [InlineData("redis://:secret@host?ca=file")]
    [InlineData("rediss://:secret@host?ca=/nowhere/at/all.pem")]
    public async Task Address_ThatIsNone_SaysWhyWithoutTheSecret(string address)
    {
        var fault = await Assert.ThrowsAsync<FormatException>(async () => await Schemes.OpenAsync(BackendAddress.Parse(address)));
        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_WithPrefixAndDatabase_IsOpenedThere()
    {
        var server = await servers.PlainAsync();
        var prefix = $"scheme-{Guid.NewGuid():n}:";
        await using (var backend = await Schemes.OpenAsync(BackendAddress.Parse($"redis://{Loopback.Host}:{server.Port}/5?prefix={prefix}&timeout=3s&max-value=100KB")))
        {
            Assert.Equal(SetOutcome.Stored, await backend.SetAsync("key", "value"u8.ToArray()));
            Assert.Equal([SetOutcome.Stored], await backend.SetManyAsync([new SetRequest("other", "value"u8.ToArray())]));
            Assert.Equal(SetOutcome.TooLarge, await backend.SetAsync("key", new byte[200_000]));
            Assert.Equal("value", await backend.GetStringAsync("other"));
        }

        Assert.Equal("2", await server.AskAsync("-n", "5", "exists", $"{prefix}key", $"{prefix}other"));
    }

    [Fact]
    public async Task Address_WithTlsAndAnAuthority_IsTrusted()
    {
        var (server, certificate) = await servers.TlsAsync();
        await using var backend = await Schemes.OpenAsync(BackendAddress.Parse($"rediss://{Loopback.Host}:{server.Port}?prefix=ca:&ca={Uri.EscapeDataString(certificate.AuthorityPath)}"));
        Assert.Equal([SetOutcome.Stored], await backend.SetManyAsync([new SetRequest("key", "value"u8.ToArray())]));
        Assert.Equal("value", await backend.GetStringAsync("key"));
    }

    [Fact]
    public async Task Address_WithTlsAndAnAuthorityOfSomebodyElse_IsRefused()
    {
        var (server, _) = await servers.TlsAsync();
        using var other = ServerCertificate.Create();
        var address = BackendAddress.Parse($"rediss://{Loopback.Host}:{server.Port}?ca={Uri.EscapeDataString(other.AuthorityPath)}");
        var fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await Schemes.OpenAsync(address));
        Assert.Contains("certificate is not trusted", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_OfNobody_SaysSo()
    {
        var fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await Schemes.OpenAsync(BackendAddress.Parse($"redis://:secret@{Loopback.Host}:{Loopback.TakePort()}")));
        Assert.Contains("refused", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault.ToString(), StringComparison.Ordinal);
    }
}
