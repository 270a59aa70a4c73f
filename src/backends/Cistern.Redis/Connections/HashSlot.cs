using System.Globalization;
using System.Text;

namespace Cistern;

/// <summary>Which of a cluster's slots a key is in: CRC-16 (XMODEM) of the key, or of what stands in its first braces, as the Redis Cluster specification has it.</summary>
internal static class HashSlot
{
    /// <summary>How many slots there are.</summary>
    public const int Count = 16_384;

    private const ushort Polynomial = 0x1021;
    private const int BitsOfAByte = 8;

    private static readonly ushort[] Table = MakeTable();
    private static readonly Lazy<string[]> Keys = new(MakeKeys);

    /// <summary>The slot of a key.</summary>
    public static int Of(ReadOnlySpan<byte> key)
    {
        var open = key.IndexOf((byte)'{');
        if (open >= 0)
        {
            var length = key[(open + 1)..].IndexOf((byte)'}');
            if (length > 0) key = key.Slice(open + 1, length);
        }

        ushort sum = 0;
        foreach (var part in key) sum = (ushort)((sum << BitsOfAByte) ^ Table[(sum >> BitsOfAByte) ^ part]);
        return sum % Count;
    }

    /// <summary>A key in a slot.</summary>
    public static string KeyIn(int slot) => Keys.Value[slot];

    /// <summary>A key in a slot that is nobody's: no entry has a NUL in its key.</summary>
    public static string RouteTo(int slot) => $"{{{KeyIn(slot)}}}\0";

    private static string[] MakeKeys()
    {
        var keys = new string[Count];
        for (int i = 0, found = 0; found < Count; i++)
        {
            var key = i.ToString(CultureInfo.InvariantCulture);
            ref var place = ref keys[Of(Encoding.ASCII.GetBytes(key))];
            if (place is null) found++;
            place ??= key;
        }

        return keys;
    }

    private static ushort[] MakeTable()
    {
        var table = new ushort[1 << BitsOfAByte];
        for (var i = 0; i < table.Length; i++)
        {
            var sum = (ushort)(i << BitsOfAByte);
            for (var bit = 0; bit < BitsOfAByte; bit++) sum = (ushort)((sum & 0x8000) != 0 ? (sum << 1) ^ Polynomial : sum << 1);
            table[i] = sum;
        }

        return table;
    }
}
