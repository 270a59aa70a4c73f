using System.Numerics;
using System.Runtime.Intrinsics;

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

    // Of two rounds, as a block gets: about half of all bits change with any one.
    [Fact]
    public void RoundOfProducts_OfBlocksThatDifferInOneBit_DiffersInHalfOfAll()
    {
        const int bits = 128, blocks = 200;
        var random = new Random(4);
        var secret = Block();
        var changed = new int[bits];
        for (var i = 0; i < blocks; i++)
        {
            var block = Block();
            for (var bit = 0; bit < bits; bit++)
            {
                var (one, other) = (Rounds(block).AsUInt64(), Rounds((block.AsUInt64() ^ Bit(bit)).AsByte()).AsUInt64());
                changed[bit] += BitOperations.PopCount(one[0] ^ other[0]) + BitOperations.PopCount(one[1] ^ other[1]);
            }
        }

        Assert.All(changed, count => Assert.InRange((double)count / blocks / bits, 0.45, 0.55));

        Vector128<byte> Block() => Vector128.Create((ulong)random.NextInt64(), (ulong)random.NextInt64()).AsByte();
        Vector128<byte> Rounds(Vector128<byte> block) => KeyHash.RoundOfProducts(KeyHash.RoundOfProducts(block, secret), secret);
        static Vector128<ulong> Bit(int bit) => bit < 64 ? Vector128.Create(1UL << bit, 0) : Vector128.Create(0, 1UL << (bit - 64));
    }
}
