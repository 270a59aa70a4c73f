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
    public void ToString_Address_HidesSecrets(string text, string shown) => Assert.Equal(shown, BackendAddress.Parse(text).ToString());

    [Fact]
    public void Parse_NotAnAddress_MessageHoldsNoSecret()
    {
        var error = Assert.Throws<FormatException>(() => BackendAddress.Parse("redis//user:hunter2@host"));

        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }
}
