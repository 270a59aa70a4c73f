namespace Cistern.Cli;

/// <summary>
/// Where the points of curves are, in percent of the picture's width and height: room on a logarithmic axis, as what a cache gains depends on its doubling;
/// ratios from a round number below the lowest to one above the highest. Immutable.
/// </summary>
internal sealed class RatioScale
{
    private const double MostSteps = 5;

    // Closer to zero than this part of the highest, an axis that does not begin there would exaggerate.
    private const double NearZero = 0.5;

    // Distances of gridlines, in percent.
    private static readonly double[] Steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25];

    private readonly double _least;
    private readonly double _most;
    private readonly double _bottom;
    private readonly double _top;
    private readonly double _step;

    public RatioScale(IReadOnlyList<RatioCurve> curves)
    {
        var points = curves.SelectMany(curve => curve.Points).ToArray();
        (_least, _most) = (Math.Log(points.Min(point => point.Room)), Math.Log(points.Max(point => point.Room)));
        var (lowest, highest) = (100 * points.Min(point => point.Ratio), 100 * points.Max(point => point.Ratio));
        if (lowest < NearZero * highest) lowest = 0;
        _step = Steps.FirstOrDefault(step => (highest - lowest) / step <= MostSteps - 1, Steps[^1]);
        _bottom = Math.Floor(lowest / _step) * _step;
        _top = Math.Min(100, Math.Max(_bottom + _step, Math.Ceiling(highest / _step) * _step));
        if (_bottom >= _top) _bottom = _top - _step;
    }

    /// <summary>The gridlines' ratios, from the lowest.</summary>
    public IEnumerable<double> Ticks => Enumerable.Range(0, (int)Math.Round((_top - _bottom) / _step) + 1).Select(index => (_bottom + (index * _step)) / 100);

    /// <summary>Whether the axis begins with a ratio of 0.</summary>
    public bool IsFromZero => _bottom == 0;

    /// <summary>How far from the left a point with some room is; one alone is in the middle.</summary>
    public double X(double room) => _most > _least ? 100 * (Math.Log(room) - _least) / (_most - _least) : 50;

    /// <summary>How far from the top a ratio is.</summary>
    public double Y(double ratio) => 100 * (1 - (((100 * ratio) - _bottom) / (_top - _bottom)));
}
