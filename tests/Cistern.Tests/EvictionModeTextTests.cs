namespace Cistern.Tests;

public sealed class EvictionModeTextTests
{
    [Fact]
    public void Names_OfEveryKind_AreReadAsThatKindAndAllowed()
    {
        Assert.Equal(Enum.GetValues<EvictionMode>(), EvictionModeText.All);
        Assert.All(EvictionModeText.All, mode => Assert.Equal(mode, EvictionModeText.Parse(EvictionModeText.Format(mode))));
        Assert.Equal("lru, oldest_added, s3fifo, tiny_lfu or adaptive", EvictionModeText.Allowed);
        Assert.Equal(EvictionModeText.Allowed.Replace(" or ", ", ").Split(", "), EvictionModeText.All.Select(EvictionModeText.Format));
    }

    [Theory]
    [InlineData("")]
    [InlineData("LRU")]
    [InlineData("lru ")]
    [InlineData("0")]
    [InlineData("fifo")]
    public void Parse_WhatIsNoName_IsNull(string text) => Assert.Null(EvictionModeText.Parse(text));

    [Fact]
    public void Format_WhatIsNoKind_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => EvictionModeText.Format((EvictionMode)99));
}
