using System.Security.Cryptography;
using System.Text;

namespace Cistern.Tests;

/// <summary>Where keys lie. The expected places come from a program of its own, in another language, that follows the published rule.</summary>
public sealed class KetamaRingTests
{
    private const int Keys = 10_000;

    private static readonly ServerAddress[] Servers = [new("10.0.1.1", 11211), new("10.0.1.2", 11211), new("10.0.1.3", 11212), new("cache.example", 11300)];

    [Theory]
    [InlineData("a", 2)]
    [InlineData("user:1", 2)]
    [InlineData("user:2", 3)]
    [InlineData("user:3", 1)]
    [InlineData("foo", 3)]
    [InlineData("bar", 2)]
    [InlineData("app:session:42", 1)]
    [InlineData("~x", 0)]
    [InlineData("0", 1)]
    [InlineData("1", 0)]
    [InlineData("2", 0)]
    [InlineData("3", 1)]
    [InlineData("4", 3)]
    public void Find_AName_IsWhereOtherClientsFindIt(string name, int server) => Assert.Equal(server, Find(new KetamaRing(Servers), name));

    [Fact]
    public void Find_BehindTheLastPoint_IsTheFirst() => Assert.Equal(1, Find(new KetamaRing(Servers), "wrap52165"));

    [Fact]
    public void Find_TenThousandNames_AreAllWhereOtherClientsFindThem()
    {
        var ring = new KetamaRing(Servers);
        var places = Enumerable.Range(0, Keys).Select(i => (byte)Find(ring, $"key{i}")).ToArray();
        Assert.Equal("2182A0FC5498CB32CF175CB4548F06E767940B8F4D7427D1025E2EB7392AD92B", Convert.ToHexString(SHA256.HashData(places)));
    }

    [Fact]
    public void Find_ServersInAnotherOrder_IsTheSame()
    {
        ServerAddress[] other = [Servers[2], Servers[0], Servers[3], Servers[1]];
        var (ring, turned) = (new KetamaRing(Servers), new KetamaRing(other));
        for (var i = 0; i < Keys; i++) Assert.Equal(Servers[Find(ring, $"key{i}")], other[Find(turned, $"key{i}")]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    public void Find_OneServerLess_MovesItsKeysAlone(int servers)
    {
        ServerAddress[] all = [.. Enumerable.Range(1, servers).Select(i => new ServerAddress($"10.0.0.{i}", 11211))];
        var (ring, smaller) = (new KetamaRing(all), new KetamaRing(all[..^1]));
        var moved = 0;
        for (var i = 0; i < Keys; i++)
        {
            var (before, after) = (Find(ring, $"key{i}"), Find(smaller, $"key{i}"));
            if (before == after) continue;
            Assert.Equal(servers - 1, before);
            moved++;
        }

        Assert.InRange(moved * servers, Keys * 0.6, Keys * 1.4);
    }

    private static int Find(KetamaRing ring, string name) => ring.Find(Encoding.ASCII.GetBytes(name));
}
