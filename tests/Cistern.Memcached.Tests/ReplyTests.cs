using System.Text;

namespace Cistern.Tests;

/// <summary>Replies in pieces, to something else, or none at all: whole values or faults, never somebody else's value.</summary>
public sealed class ReplyTests(SharedServers servers) : IAsyncLifetime
{
    private AnswerProxy _proxy = null!;
    private MemcachedBackend _backend = null!;

    public async ValueTask InitializeAsync()
    {
        _proxy = new AnswerProxy(servers.One.Port);
        _backend = await MemcachedBackend.OpenAsync([_proxy.Address], SuiteOptions.Of() with { Connections = 1, Timeout = TimeSpan.FromSeconds(10) });
    }

    public async ValueTask DisposeAsync()
    {
        await _backend.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task Answers_ByteByByte_AreReadWhole()
    {
        await _backend.SetStringAsync("key", "VA 3 O1\r\nHD\r\nMN\r\n");
        await _backend.SetStringAsync("empty", "");
        _proxy.Change = piece => piece.Select(value => new[] { value });
        Assert.Equal("VA 3 O1\r\nHD\r\nMN\r\n", await _backend.GetStringAsync("key"));
        Assert.Equal("", await _backend.GetStringAsync("empty"));
        Assert.Null(await _backend.GetAsync("missing"));
        Assert.Equal(2, (await _backend.GetManyAsync(["key", "missing", "empty"])).Count);
        Assert.Equal(SetOutcome.Present, await _backend.SetAsync("key", new byte[1], new SetOptions { Condition = SetCondition.IfAbsent }));
        Assert.True(await _backend.DeleteAsync("key"));
    }

    [Fact]
    public void Parser_EveryBeginningOfAReply_WaitsForTheRest()
    {
        var whole = "VA 5 c12 O34 Z\r\na\r\nbc\r\n"u8;
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.False(ReplyParser.TryRead(whole[..length], 100, out _, out var needed));
            Assert.InRange(needed, length + 1, whole.Length);
        }

        Assert.True(ReplyParser.TryRead(whole, 100, out var reply, out var all));
        Assert.Equal((ReplyKind.Value, 34UL, 12UL, whole.Length), (reply.Kind, reply.Opaque!.Value, reply.Cas, all));
        Assert.Equal("a\r\nbc"u8, reply.Data);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("HD\n")]
    [InlineData("hd\r\n")]
    [InlineData("HDO1\r\n")]
    [InlineData("HD O-1\r\n")]
    [InlineData("HD O99999999999999999999999\r\n")]
    [InlineData("HD O1x\r\n")]
    [InlineData("VA\r\n")]
    [InlineData("VA -1\r\n\r\n")]
    [InlineData("VA 101\r\n")]
    [InlineData("VA 5x\r\nabcde\r\n")]
    [InlineData("VA 99999999999 O1\r\n")]
    [InlineData("VA 2 O1\r\nabXX")]
    [InlineData("STAT pid 1\r\n")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("-ERR unknown command\r\n")]
    public void Parser_NoReply_Throws(string text) =>
        Assert.Throws<MemcachedFaultException>(() => ReplyParser.TryRead(Encoding.ASCII.GetBytes(text), 100, out _, out _));

    [Fact]
    public void Parser_ALineWithoutEnd_Throws() => Assert.Throws<MemcachedFaultException>(() => ReplyParser.TryRead(new byte[5_000], 100, out _, out _));

    [Theory]
    [InlineData("another number")]
    [InlineData("garbage")]
    [InlineData("an answer too many")]
    [InlineData("an end too many")]
    [InlineData("a value for a set")]
    public async Task Answers_ThatDoNotFit_AreAFaultAndThenItGoesOn(string what)
    {
        await _backend.SetStringAsync("key", "value");
        await _backend.SetStringAsync("other", "other value");
        var changed = 0;
        _proxy.Change = piece =>
        {
            var text = Encoding.Latin1.GetString(piece);
            var wrong = what switch
            {
                "another number" => text.Replace(" O", " O9", StringComparison.Ordinal),
                "garbage" => "\u0001\u0002\u0003\r\n" + text,
                "an answer too many" => text + text,
                "an end too many" => "MN\r\n" + text,
                _ => text.Replace("MN\r\n", "VA 5 O1\r\nvalue\r\nMN\r\n", StringComparison.Ordinal),
            };
            return Interlocked.Increment(ref changed) == 1 ? [Encoding.Latin1.GetBytes(wrong)] : [piece];
        };

        // Whatever is told of the first is the truth or a fault, and the second is never told the first one's value.
        var (first, second) = (TryAsync("key"), TryAsync("other"));
        Assert.Contains(await first, (string?[])["value", null, "fault"]);
        Assert.Contains(await second, (string?[])["other value", null, "fault"]);
        for (var i = 0; i < 5; i++) Assert.NotEqual("other value", await TryAsync("key"));
        Assert.Equal("value", await _backend.GetStringAsync("key"));
        Assert.True(changed > 1);
    }

    private async Task<string?> TryAsync(string key)
    {
        try { return await _backend.GetStringAsync(key); }
        catch (CacheBackendException) { return "fault"; }
    }
}
