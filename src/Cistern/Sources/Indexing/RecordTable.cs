using System.Buffers.Binary;

namespace Cistern;

/// <summary>Where each record of a file is, in the order of the file; on disk, 12 bytes each.</summary>
internal sealed class RecordTable(string? folder) : IDisposable
{
    private const int RowBytes = sizeof(long) + sizeof(int);
    private const int RowsAtOnce = 1024;

    private readonly TemporaryFile _file = TemporaryFile.Create(folder);

    public long Count => _file.Length / RowBytes;

    public void Append(long offset, int length, bool isEntry)
    {
        Span<byte> row = stackalloc byte[RowBytes];
        BinaryPrimitives.WriteInt64LittleEndian(row, offset);
        BinaryPrimitives.WriteInt32LittleEndian(row[sizeof(long)..], isEntry ? length : ~length);
        _file.Append(row);
    }

    /// <summary>Ends the appending.</summary>
    public void Flush() => _file.Flush();

    public RecordPlace Read(long number)
    {
        Span<byte> row = stackalloc byte[RowBytes];
        _file.Read(number * RowBytes, row);
        return Decode(row, number);
    }

    /// <summary>Notes that a record is no entry, as a later one has its key.</summary>
    public void Drop(long number)
    {
        var place = Read(number);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, ~place.Length);
        if (place.IsEntry) _file.Write((number * RowBytes) + sizeof(long), length);
    }

    /// <summary>The entries from a record on, in order.</summary>
    public IEnumerable<RecordPlace> ReadEntries(long firstNumber)
    {
        var rows = Array.Empty<byte>();
        for (var number = firstNumber; number < Count; number++)
        {
            var row = (int)((number - firstNumber) % RowsAtOnce) * RowBytes;
            if (row == 0)
            {
                rows = new byte[Math.Min(RowsAtOnce, Count - number) * RowBytes];
                _file.Read(number * RowBytes, rows);
            }

            var place = Decode(rows.AsSpan(row, RowBytes), number);
            if (place.IsEntry) yield return place;
        }
    }

    public void Dispose() => _file.Dispose();

    private static RecordPlace Decode(ReadOnlySpan<byte> row, long number)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(row[sizeof(long)..]);
        return new RecordPlace(number, BinaryPrimitives.ReadInt64LittleEndian(row), length < 0 ? ~length : length, length >= 0);
    }
}
