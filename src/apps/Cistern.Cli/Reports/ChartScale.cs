namespace Cistern.Cli;

/// <summary>
/// Where things are in the picture, in percent of a panel's width and height, so that a panel can be as wide as the reader's screen while
/// its text stays as large as it is. Immutable.
/// </summary>
internal sealed class ChartScale
{
    /// <summary>The unit in which rates are drawn: a rate has four decimals.</summary>
    public const int RateUnits = 10_000;

    // Ends of the vertical axis, each with the distance of its gridlines.
    private static readonly (double Top, double Step)[] Tops = [(0.05, 0.01), (0.1, 0.02), (0.2, 0.05), (0.5, 0.1), (1, 0.25)];

    private readonly double _step;

    /// <summary>Creates the scale on which everything in the report fits.</summary>
    public ChartScale(ReportData data)
    {
        Lookups = Math.Max(1, data.Curve.Count == 0 ? 0 : data.Curve[^1].Lookups);
        var highest = Math.Max(data.Options.MissThreshold, data.Curve.Count == 0 ? 0 : data.Curve.Max(point => point.Highest));
        highest = Math.Max(highest, data.Audit.Count == 0 ? 0 : data.Audit.Max(entry => entry.MissRate ?? 0));
        (Top, _step) = Tops.FirstOrDefault(top => top.Top >= highest, Tops[^1]);
    }

    /// <summary>The lookups at the right end; at least 1.</summary>
    public long Lookups { get; }

    /// <summary>The rate at the upper end.</summary>
    public double Top { get; }

    /// <summary>The gridlines' rates, from 0.</summary>
    public IEnumerable<double> RateTicks => Enumerable.Range(0, (int)Math.Round(Top / _step) + 1).Select(index => Math.Round(index * _step, 2));

    /// <summary>How far from the left a lookup is.</summary>
    public double X(long lookups) => 100.0 * Math.Min(lookups, Lookups) / Lookups;

    /// <summary>How far from the top a rate is.</summary>
    public double Y(double rate) => 100 * (1 - (rate / Top));

    /// <summary>A rate in the units of the drawn line.</summary>
    public static long InUnits(double rate) => (long)Math.Round(rate * RateUnits);

    /// <summary>Round numbers of lookups, from 0 to the right end, at most so many steps.</summary>
    public IReadOnlyList<long> LookupTicks(int steps)
    {
        long step = 1;
        for (var index = 0; Lookups / step > steps || (Lookups / step == steps && Lookups % step != 0); index++) step = index % 3 == 1 ? step / 2 * 5 : step * 2;
        return [.. Enumerable.Range(0, (int)(Lookups / step) + 1).Select(index => index * step)];
    }

    /// <summary>Moves labels down, and up again where the panel ends, until each has room.</summary>
    /// <param name="places">Where each wants to be, in percent from the top.</param>
    /// <param name="distance">The least distance between two, in percent.</param>
    /// <returns>Where each may be, in the order given.</returns>
    public static double[] Separate(IReadOnlyList<double> places, double distance)
    {
        var order = Enumerable.Range(0, places.Count).OrderBy(index => places[index]).ToArray();
        double[] separated = [.. places];
        for (var index = 1; index < order.Length; index++) separated[order[index]] = Math.Max(separated[order[index]], separated[order[index - 1]] + distance);
        for (var (index, floor) = (order.Length - 1, 100.0); index >= 0; index--, floor -= distance) separated[order[index]] = Math.Min(separated[order[index]], floor);
        return separated;
    }
}
