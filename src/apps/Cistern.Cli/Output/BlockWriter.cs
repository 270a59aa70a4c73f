using System.Buffers;

namespace Cistern.Cli;

/// <summary>
/// Appends to a file in blocks: while one is written by another thread, the next is filled. What never outgrows the first block never
/// reaches the file: <see cref="Unwritten"/> has it. Not safe for concurrent use.
/// </summary>
/// <param name="write">Writes a block at a place of the file.</param>
/// <param name="start">Where the first block goes.</param>
internal sealed class BlockWriter(BlockWriter.WriteAt write, long start) : IBufferWriter<byte>
{
    public delegate void WriteAt(ReadOnlySpan<byte> block, long offset);

    public const int BlockBytes = 1 << 20;

    private byte[] _block = GC.AllocateUninitializedArray<byte>(BlockBytes);
    private byte[]? _other;
    private int _filled;
    private Task _writing = Task.CompletedTask;

    /// <summary>Where the next block goes in the file; <see cref="HasWritten"/> tells whether one has gone.</summary>
    public long Position { get; private set; } = start;

    /// <summary>Whether a block has gone to the file.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>What is only here yet.</summary>
    public ReadOnlySpan<byte> Unwritten => _block.AsSpan(0, _filled);

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (_block.Length - _filled < Math.Max(1, sizeHint)) MakeRoom(Math.Max(1, sizeHint));
        return _block.AsSpan(_filled);
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        GetSpan(sizeHint);
        return _block.AsMemory(_filled);
    }

    /// <inheritdoc/>
    public void Advance(int count) => _filled += count;

    /// <summary>Hands what is filled to the file and waits until it is there.</summary>
    public void Flush()
    {
        Send();
        _writing.GetAwaiter().GetResult();
    }

    private void MakeRoom(int size)
    {
        if (_filled > 0) Send();
        if (_block.Length < size) _block = GC.AllocateUninitializedArray<byte>(size);
    }

    private void Send()
    {
        _writing.GetAwaiter().GetResult();
        if (_filled == 0) return;
        var (block, filled, position) = (_block, _filled, Position);
        _writing = Task.Run(() => write(block.AsSpan(0, filled), position));
        Position += filled;
        HasWritten = true;
        _filled = 0;
        _block = _other ?? GC.AllocateUninitializedArray<byte>(BlockBytes);
        _other = block;
    }
}
