using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Cistern.Bench;

/// <summary>Rows as the backend stores them, in a file that <c>\copy … (FORMAT binary)</c> reads.</summary>
internal static class CopyFile
{
    private const short Columns = 9;

    private static readonly byte[] Signature = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8];

    public static void Write(string path, int entries, byte[] value)
    {
        using var file = new BufferedStream(File.Create(path), 1 << 20);
        file.Write(Signature);
        WriteNumber(file, 0);
        WriteNumber(file, 0);
        for (var i = 0; i < entries; i++)
        {
            var key = Encoding.ASCII.GetBytes(BenchKey.Of(i));
            file.Write([(byte)(Columns >> 8), (byte)Columns]);
            WriteField(file, SHA256.HashData(key));
            WriteField(file, key);
            WriteField(file, null);
            WriteField(file, new byte[sizeof(long)]);
            for (var empty = 0; empty < 4; empty++) WriteField(file, null);
            WriteField(file, value);
        }

        file.Write([0xFF, 0xFF]);
    }

    private static void WriteField(Stream file, byte[]? field)
    {
        WriteNumber(file, field?.Length ?? -1);
        if (field is not null) file.Write(field);
    }

    private static void WriteNumber(Stream file, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        file.Write(bytes);
    }
}
