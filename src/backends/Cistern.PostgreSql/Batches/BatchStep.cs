namespace Cistern;

/// <summary>A part of a batch that one statement can store: entries of different keys on one condition, in the order of their hashes.</summary>
/// <param name="Condition">The condition of all.</param>
/// <param name="Rows">The entries.</param>
internal sealed record BatchStep(SetCondition Condition, EncodedRow[] Rows)
{
    /// <summary>The index of the row that has a hash.</summary>
    public int Find(ReadOnlySpan<byte> hash)
    {
        var (low, high) = (0, Rows.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = Rows[middle].Hash.SequenceCompareTo(hash);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        throw new InvalidOperationException("The server answered with a hash that was not sent.");
    }
}
