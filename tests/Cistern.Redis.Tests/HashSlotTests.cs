using System.Text;

namespace Cistern.Tests;

/// <summary>The slots of keys, as the cluster specification has them.</summary>
public sealed class HashSlotTests
{
    [Theory]
    [InlineData("123456789", 0x31C3)]
    [InlineData("foo", 12182)]
    [InlineData("", 0)]
    [InlineData("{}foo", 9500)]
    public void Of_KnownKeys_IsTheSlotOfTheSpecification(string key, int slot) => Assert.Equal(slot, HashSlot.Of(Encoding.UTF8.GetBytes(key)));

    [Theory]
    [InlineData("{user1000}.following", "user1000")]
    [InlineData("foo{}{bar}", "foo{}{bar}")]
    [InlineData("foo{{bar}}zap", "{bar")]
    [InlineData("foo{bar}{zap}", "bar")]
    public void Of_BracesInAKey_CountWhatIsInTheFirstOfThem(string key, string counted)
    {
        // Of a key without braces, all of it counts.
        var sum = 0;
        foreach (var part in Encoding.UTF8.GetBytes(counted))
        {
            sum ^= part << 8;
            for (var bit = 0; bit < 8; bit++) sum = (sum & 0x8000) != 0 ? ((sum << 1) ^ 0x1021) & 0xFFFF : (sum << 1) & 0xFFFF;
        }

        Assert.Equal(sum % HashSlot.Count, HashSlot.Of(Encoding.UTF8.GetBytes(key)));
    }

    [Fact]
    public void KeyIn_SomeSlots_IsInThem()
    {
        foreach (var slot in new[] { 0, 1, 5460, 5461, 10922, 16383 }) Assert.Equal(slot, HashSlot.Of(Encoding.UTF8.GetBytes(HashSlot.KeyIn(slot))));
    }
}
