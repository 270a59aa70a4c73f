using System.Runtime.Intrinsics;
using System.Text;

namespace Cistern.Tests.Memory;

public sealed class ShortKeyTests
{
    [Fact]
    public void IsLength_OfAnyLength_IsTrueOfOneKindAtMost() => Assert.All(Enumerable.Range(0, 100), length =>
    {
        Assert.Equal(length is >= 8 and < 16, OneBlockKey.IsLength(length));
        Assert.Equal(length is >= 16 and <= 32, TwoBlockKey.IsLength(length));
    });

    [Fact]
    public void IsAscii_OfAnyCharacters_IsTrueOnlyWhereAllAre()
    {
        foreach (var (key, isAscii) in Keys())
        {
            if (OneBlockKey.IsLength(key.Length)) Assert.Equal(isAscii, new OneBlockKey(key).IsAscii);
            if (TwoBlockKey.IsLength(key.Length)) Assert.Equal(isAscii, new TwoBlockKey(key).IsAscii);
        }
    }

    [Fact]
    public void Hash_OfAnyKey_IsThatOfTheBytesItIsStoredAs()
    {
        foreach (var (key, isAscii) in Keys())
        {
            var stored = isAscii ? Encoding.ASCII.GetBytes(key) : Encoding.Unicode.GetBytes(key);
            var hash = KeyHash.OfStored(stored, !isAscii);
            Assert.Equal(hash, KeyHash.OfStored(key));
            if (isAscii && OneBlockKey.IsLength(key.Length)) Assert.Equal(hash, new OneBlockKey(key).Hash);
            if (isAscii && TwoBlockKey.IsLength(key.Length)) Assert.Equal(hash, new TwoBlockKey(key).Hash);
        }
    }

    [Fact]
    public void Difference_FromStoredBytes_IsNoneOnlyWhereAllAreSame()
    {
        for (var length = 8; length <= 32; length++)
        {
            var stored = Enumerable.Range(0, length).Select(i => (byte)('a' + i % 26)).ToArray();
            var key = Encoding.ASCII.GetString(stored);
            Assert.Equal(Vector128<byte>.Zero, Difference(key, stored));
            for (var i = 0; i < length; i++)
            {
                stored[i] ^= 1;
                Assert.NotEqual(Vector128<byte>.Zero, Difference(key, stored));
                stored[i] ^= 1;
            }
        }

        static Vector128<byte> Difference(string key, byte[] stored) =>
            OneBlockKey.IsLength(key.Length) ? new OneBlockKey(key).Difference(ref stored[0]) : new TwoBlockKey(key).Difference(ref stored[0]);
    }

    // Every length, of ASCII, and with one other character at each place: just beyond ASCII, and where a signed comparison goes wrong.
    private static IEnumerable<(string Key, bool IsAscii)> Keys()
    {
        for (var length = 0; length < 70; length++)
        {
            var key = string.Concat(Enumerable.Range(0, length).Select(i => (char)(i * 37 % 128)));
            yield return (key, true);
            for (var i = 0; i < length; i++)
            {
                foreach (var other in "\u0080\u00FF\u0141\u7F41\u8041\uD7FF\uFF41") yield return (string.Concat(key.AsSpan(0, i), [other], key.AsSpan(i + 1)), false);
            }
        }
    }
}
