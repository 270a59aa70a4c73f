using System.Text;

namespace Cistern.Tests.Memory;

public sealed class ShortKeyTests
{
    [Fact]
    public void Key_OfAnyLengthAndCharacters_IsReadOnlyWhenItIsShortAndAscii()
    {
        foreach (var (key, isAscii) in Keys())
        {
            Assert.Equal(isAscii && key.Length is >= 8 and <= 32, ShortKey.TryRead(key, out _));
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
            if (ShortKey.TryRead(key, out var shortKey)) Assert.Equal(hash, shortKey.Hash);
        }
    }

    [Fact]
    public void Key_ComparedWithStoredBytes_IsSameOnlyWhenAllAre()
    {
        for (var length = 8; length <= 32; length++)
        {
            var stored = Enumerable.Range(0, length).Select(i => (byte)('a' + i % 26)).ToArray();
            Assert.True(ShortKey.TryRead(Encoding.ASCII.GetString(stored), out var key));
            Assert.True(key.IsSame(ref stored[0]));
            for (var i = 0; i < length; i++)
            {
                stored[i] ^= 1;
                Assert.False(key.IsSame(ref stored[0]), $"length {length}, byte {i}");
                stored[i] ^= 1;
            }
        }
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
