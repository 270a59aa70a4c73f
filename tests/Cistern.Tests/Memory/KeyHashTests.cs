namespace Cistern.Tests.Memory;

public sealed class KeyHashTests
{
    [Fact]
    public void Hash_OfEqualKeys_IsEqual() =>
        Assert.All(Enumerable.Range(0, 100), length => Assert.Equal(KeyHash.OfStored(new string('k', length)), KeyHash.OfStored(new string('k', length))));

    [Theory]
    [InlineData("{0}")]
    [InlineData("product:{0:000000000000}")]
    [InlineData("{0}:a long common end, longer than a word")]
    [InlineData("\u0416{0}")]
    public void Hash_OfManyAlikeKeys_FillsItsLowBitsEvenly(string pattern)
    {
        const int buckets = 256, perBucket = 400;
        var counts = new int[buckets];
        for (var i = 0; i < buckets * perBucket; i++) counts[KeyHash.OfStored(string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, i)) % buckets]++;

        // Chi-squared with 255 degrees of freedom: 2 at most in a thousand million runs lie beyond 400.
        Assert.InRange(counts.Sum(count => Math.Pow(count - perBucket, 2) / perBucket), 0, 400);
    }

    [Fact]
    public void Hash_OfKeysThatDifferInOneCharacter_Differs()
    {
        for (var length = 1; length < 40; length++)
        {
            var key = new string('a', length);
            var hashes = Enumerable.Range(0, length).Select(i => KeyHash.OfStored(string.Concat(key.AsSpan(0, i), "b", key.AsSpan(i + 1)))).Append(KeyHash.OfStored(key)).Append(KeyHash.OfStored(key + "a")).ToHashSet();
            Assert.InRange(hashes.Count, length + 1, length + 2);
        }
    }
}
