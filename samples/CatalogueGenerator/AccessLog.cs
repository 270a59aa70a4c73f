using System.Globalization;

namespace Samples;

/// <summary>
/// Who looked at what, and when: popularity follows Zipf's law, popular products lie anywhere in the catalogue, one lookup in fifty is of a
/// product that is no longer sold, and half way through the popular products change, as they do when a campaign begins.
/// </summary>
internal sealed class AccessLog
{
    private const double Skew = 0.9;
    private const int OneInSoMany = 50;

    private readonly Catalogue _catalogue;
    private readonly int _lookups;
    private readonly Random _random;
    private readonly double[] _cumulative;

    public AccessLog(Catalogue catalogue, int lookups, int seed)
    {
        _catalogue = catalogue;
        _lookups = lookups;
        _random = new Random(seed);
        _cumulative = new double[catalogue.Count];
        var sum = 0.0;
        for (var rank = 0; rank < _cumulative.Length; rank++) _cumulative[rank] = sum += Math.Pow(rank + 1, -Skew);
    }

    /// <summary>One lookup a row, under a header: its time and its key.</summary>
    public IEnumerable<string> Csv()
    {
        var before = Shuffle();
        var after = Shuffle();
        var time = new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
        yield return "t,key";
        for (var lookup = 0; lookup < _lookups; lookup++)
        {
            time = time.AddMilliseconds(_random.Next(5, 46));
            var key = _random.Next(OneInSoMany) == 0
                ? string.Create(CultureInfo.InvariantCulture, $"sku-9{_random.Next(1000):D4}")
                : _catalogue.KeyAt((lookup < _lookups / 2 ? before : after)[Rank()]);
            yield return string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd'T'HH:mm:ss.fff'Z'},{key}");
        }
    }

    private int[] Shuffle()
    {
        var places = Enumerable.Range(0, _catalogue.Count).ToArray();
        _random.Shuffle(places);
        return places;
    }

    private int Rank()
    {
        var found = Array.BinarySearch(_cumulative, _random.NextDouble() * _cumulative[^1]);
        return Math.Min(found < 0 ? ~found : found, _cumulative.Length - 1);
    }
}
