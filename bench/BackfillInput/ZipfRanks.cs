namespace Cistern.Bench;

/// <summary>Ranks by Zipf's law, drawn from the exact distribution over a fixed number of them.</summary>
internal sealed class ZipfRanks
{
    private readonly double[] _cumulative;
    private readonly Random _random;

    public ZipfRanks(int count, double skew, Random random)
    {
        _random = random;
        _cumulative = new double[count];
        var sum = 0.0;
        for (var rank = 0; rank < count; rank++) _cumulative[rank] = sum += Math.Pow(rank + 1, -skew);
    }

    /// <summary>The next rank; 0 is the most frequent.</summary>
    public int Next()
    {
        var found = Array.BinarySearch(_cumulative, _random.NextDouble() * _cumulative[^1]);
        return Math.Min(found < 0 ? ~found : found, _cumulative.Length - 1);
    }
}
