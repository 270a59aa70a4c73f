using System.Text;

namespace Cistern.Tests;

/// <summary>What a message says, and what is none.</summary>
public sealed class InvalidationMessageTests
{
    private const string Epoch = "0123456789abcdef";

    [Theory]
    [InlineData]
    [InlineData("key")]
    [InlineData("", "a:b", "\u05D0\uD83D\uDE00", "line\nend")]
    public void Message_Read_IsWhatWasSent(params string[] keys)
    {
        var sender = InvalidationMessage.NewName();
        var message = InvalidationMessage.Parse([.. Encoding.ASCII.GetBytes($"{Epoch}:42:"), .. InvalidationMessage.Payload(sender, keys)]);
        Assert.NotNull(message);
        Assert.Equal((Epoch, 42, sender), (message.Epoch, message.Number, message.Sender));
        Assert.Equal(keys, message.Keys);
    }

    [Fact]
    public void Message_CutAnywhere_IsReadAsNoOtherKeys()
    {
        byte[] whole = [.. Encoding.ASCII.GetBytes($"{Epoch}:42:"), .. InvalidationMessage.Payload(InvalidationMessage.NewName(), ["one", "two"])];
        var lengths = Enumerable.Range(0, whole.Length).Where(length => InvalidationMessage.Parse(whole[..length]) is { } cut && !(cut.Keys is [] or ["one"]));
        Assert.Empty(lengths);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("0123456789abcdef:x:0123456789abcdef")]
    [InlineData("0123456789abcdef:0:0123456789abcdef")]
    [InlineData("0123456789abcdef:-1:0123456789abcdef")]
    [InlineData("0123456789abcdef:1:0123456789abcde")]
    [InlineData("0123456789abcdef:1:0123456789abcdefxy")]
    [InlineData("0123456789abcdef:99999999999999999999:0123456789abcdef")]
    public void Text_ThatIsNoMessage_IsNone(string text) => Assert.Null(InvalidationMessage.Parse(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Message_WithALengthBeyondItsEnd_IsNone() =>
        Assert.Null(InvalidationMessage.Parse([.. Encoding.ASCII.GetBytes($"{Epoch}:1:{Epoch}"), 0x7F, 0xFF, 0xFF, 0xFF, 1]));

    [Fact]
    public void Message_WithAKeyThatIsNoUtf8_IsNone() => Assert.Null(InvalidationMessage.Parse([.. Encoding.ASCII.GetBytes($"{Epoch}:1:{Epoch}"), 0, 0, 0, 1, 0xFF]));
}
