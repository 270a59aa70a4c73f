using System.Buffers;

namespace Cistern.Tests;

/// <summary>Memory on loan from a pool goes back once.</summary>
public sealed class SendBufferTests
{
    [Fact]
    public void Dispose_Twice_GivesTheMemoryBackOnce()
    {
        var buffer = new SendBuffer();
        var length = buffer.Reserve(1).Length;
        buffer.Dispose();
        buffer.Dispose();
        Assert.NotSame(ArrayPool<byte>.Shared.Rent(length), ArrayPool<byte>.Shared.Rent(length));
    }

    [Fact]
    public void Reserve_BeyondWhatIsThere_KeepsWhatIsWritten()
    {
        using var buffer = new SendBuffer();
        buffer.Append("abc"u8);
        buffer.Reserve(1_000_000);
        buffer.Append("def"u8);
        Assert.Equal("abcdef"u8, buffer.Written.Span);
        buffer.Truncate(2);
        Assert.Equal("ab"u8, buffer.Written.Span);
        buffer.Clear();
        Assert.Equal(0, buffer.Length);
    }
}
