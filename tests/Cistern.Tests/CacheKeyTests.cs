namespace Cistern.Tests;

public sealed class CacheKeyTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a/../*?[x]\r\n\u202e")]
    [InlineData("😀")]
    public void Explain_LegalKey_IsNull(string key) => Assert.Null(CacheKey.Explain(key));

    [Theory]
    [InlineData("a\0b", "A key must not contain NUL (U+0000).")]
    [InlineData("a\ud83d", "A key must be valid Unicode; there is a lone surrogate at position 1.")]
    [InlineData("\ude00\ud83d", "A key must be valid Unicode; there is a lone surrogate at position 0.")]
    public void Explain_IllegalKey_SaysWhy(string key, string reason) => Assert.Equal(reason, CacheKey.Explain(key));

    [Fact]
    public void Explain_Length_IsCountedInUtf8()
    {
        Assert.Null(CacheKey.Explain(new string('ä', CacheKey.MaxBytes / 2)));
        Assert.Equal("A key must have at most 65536 bytes of UTF-8; this one has 65538.", CacheKey.Explain(new string('ä', (CacheKey.MaxBytes / 2) + 1)));
    }
}
