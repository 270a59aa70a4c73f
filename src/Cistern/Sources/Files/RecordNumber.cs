using System.Globalization;

namespace Cistern;

/// <summary>A place in a file, written as the number of records before it.</summary>
internal static class RecordNumber
{
    public static long Parse(SourcePosition position)
    {
        if (position.Token is null) return 0;
        return long.TryParse(position.Token, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ArgumentException("The position is not one that this source gave.", nameof(position));
    }

    public static SourcePosition ToPosition(long number) => new(number.ToString(CultureInfo.InvariantCulture));
}
