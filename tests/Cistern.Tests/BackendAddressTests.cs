namespace Cistern.Tests;

public sealed class BackendAddressTests
{
    [Theory]
    [InlineData("memory:", "memory", "")]
    [InlineData("MEMORY:", "memory", "")]
    [InlineData("file:cache.json", "file", "cache.json")]
    [InlineData("sqlite::memory:", "sqlite", ":memory:")]
    [InlineData("redis://user@host:6379/0?prefix=app:", "redis", "//user@host:6379/0")]
    public void Parse_SchemeAndLocation_AreSplitAtTheFirstColonAndQuestionMark(string text, string scheme, string location)
    {
        var address = BackendAddress.Parse(text);

        Assert.Equal(scheme, address.Scheme);
        Assert.Equal(location, address.Location);
    }

    [Fact]
    public void Parse_Options_AreDecodedAndKeepTheirOrder()
    {
        var address = BackendAddress.Parse("memory:?max-size=100MB&name=a%26b%20c&eviction=lru");

        Assert.Equal(["max-size", "name", "eviction"], address.Options.Keys);
        Assert.Equal("a&b c", address.Options["name"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("memory")]
    [InlineData(":x")]
    [InlineData("my cache:x")]
    [InlineData("1:x")]
    [InlineData("memory:?capacity")]
    [InlineData("memory:?=5")]
    [InlineData("memory:?capacity=1&capacity=2")]
    public void Parse_NotAnAddress_Throws(string text) => Assert.Throws<FormatException>(() => BackendAddress.Parse(text));

    [Theory]
    [InlineData("redis://user:hunter2@host:6379/0?prefix=app:", "redis://user:***@host:6379/0?prefix=app:")]
    [InlineData("redis://:hunter2@host", "redis://:***@host")]
    [InlineData("redis://user:hun@ter2@host/0", "redis://user:***@host/0")]
    [InlineData("redis://user:hun/ter2@host/0", "redis://user:***@host/0")]
    [InlineData("postgres://host/db?Password=hunter2&table=cache", "postgres://host/db?Password=***&table=cache")]
    [InlineData("memory:?max-size=100MB&eviction=lru", "memory:?max-size=100MB&eviction=lru")]
    [InlineData("redis://user@host", "redis://user@host")]
    [InlineData("file:a@b:c.json", "file:a@b:c.json")]
    [InlineData("file:a:b@c.json", "file:a:b@c.json")]
    [InlineData("sqlite:/data/a:b@c.db?max-size=1GB", "sqlite:/data/a:b@c.db?max-size=1GB")]
    [InlineData("file:///data/a:b@c.json", "file:///data/a:b@c.json")]
    [InlineData("file://user:hunter2@host/a.json", "file://user:***@host/a.json")]
    [InlineData("sqlite://user:hunter2@host", "sqlite://user:***@host")]
    [InlineData("postgres://app@srv:hun/ter2@srv.pg/db", "postgres://app@srv:***@srv.pg/db")]
    [InlineData("postgres://app:hun/te@r2@srv.pg/db@x", "postgres://app:***@x")]
    [InlineData("redis:user:hunter2@host", "redis:***@host")]
    [InlineData("redis:hunter2@host", "redis:***@host")]
    [InlineData("redis://user%3Ahunter2@host", "redis://user:***@host")]
    [InlineData("redis://user:hunter2%40host", "redis://user:***%40host")]
    [InlineData("redis://user:hun?te=r2@host", "redis://user:***")]
    [InlineData("redis://user:hun?te@r2=host", "redis://user:***")]
    [InlineData("redis://host:6379/0?client=me", "redis://host:6379/0?client=me")]
    [InlineData("redis://host?pwd=hunter2&PASS=hunter2&Auth=hunter2&sig=hunter2&apiKey=hunter2&x=1", "redis://host?pwd=***&PASS=***&Auth=***&sig=***&apiKey=***&x=1")]
    [InlineData("memory:?proxy=http%3A//user:hunter2@host", "memory:?proxy=***")]
    [InlineData("memory:?capacity=5&max-memory=1MB&max-size=1MB", "memory:?capacity=5&max-memory=1MB&max-size=1MB")]
    [InlineData("file:a.json?durability=os&foreign=accept&max-file=1MB&read-only=true", "file:a.json?durability=os&foreign=accept&max-file=1MB&read-only=true")]
    [InlineData("sqlite:a.db?busy-timeout=5s", "sqlite:a.db?busy-timeout=5s")]
    public void ToString_Address_HidesSecrets(string text, string shown) => Assert.Equal(shown, BackendAddress.Parse(text).ToString());

    [Fact]
    public void Parse_NotAnAddress_MessageHoldsNoSecret()
    {
        var error = Assert.Throws<FormatException>(() => BackendAddress.Parse("redis//user:hunter2@host"));

        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("memory:?x@hunter2=1", "unknown option '***'")]
    [InlineData("memory:?x@hunter2=1&x@hunter2=2", "the option '***' is given twice")]
    public void Options_WhoseNamesMayBeSecrets_AreNotShown(string text, string told)
    {
        var error = Assert.Throws<FormatException>(() => new BackendSchemes().Find(BackendAddress.Parse(text)));

        Assert.StartsWith(told, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }
}
