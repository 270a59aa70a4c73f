namespace Cistern.Cli;

/// <summary>
/// Collects the miss rate over the lookups of a run, in memory that does not grow with them: when it is full, neighbours are merged two by
/// two and every point from then on stands for twice as many lookups. What was lowest and highest in between is kept, so that no spike is
/// lost. Not safe for concurrent use.
/// </summary>
internal sealed class MissRateCurve
{
    /// <summary>More points than a screen has pixels across show nothing more.</summary>
    public const int DefaultMaxPoints = 2000;

    private readonly CurvePoint[] _points;
    private int _count;
    private long _lookups;
    private long _hits;
    private double _rate;
    private double _lowest = double.PositiveInfinity;
    private double _highest = double.NegativeInfinity;
    private long _pointEnd = 1;

    /// <summary>Creates an empty curve.</summary>
    /// <param name="maxPoints">The most points kept; even, at least 2.</param>
    public MissRateCurve(int maxPoints = DefaultMaxPoints)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPoints, 2);
        ArgumentOutOfRangeException.ThrowIfNotEqual(maxPoints % 2, 0, nameof(maxPoints));
        _points = new CurvePoint[maxPoints];
    }

    /// <summary>The lookups observed.</summary>
    public long Lookups => _lookups;

    /// <summary>How many lookups one point stands for.</summary>
    public long Stride { get; private set; } = 1;

    /// <summary>A copy of the points, in order; the last one is the last lookup, and may stand for fewer lookups than the others.</summary>
    public IReadOnlyList<CurvePoint> Points
    {
        get
        {
            var points = _points.Take(_count);
            return [.. (IsOpen ? points.Append(Open) : points).Select(point => point.RoundAsFigures())];
        }
    }

    private bool IsOpen => _highest >= 0;

    private CurvePoint Open => new(_lookups, _hits, _lowest, _highest, _rate);

    /// <summary>Counts one lookup, where the window is all lookups: the rate is then misses per lookup.</summary>
    /// <param name="hit">Whether it was a hit.</param>
    public void Observe(bool hit) => Observe(hit, (double)(_lookups - _hits + (hit ? 0 : 1)) / (_lookups + 1));

    /// <summary>Counts one lookup.</summary>
    /// <param name="hit">Whether it was a hit.</param>
    /// <param name="windowMissRate">The rate inside the window after it, 0 to 1, by which backfills are decided.</param>
    public void Observe(bool hit, double windowMissRate)
    {
        _lookups++;
        if (hit) _hits++;
        if (windowMissRate < _lowest) _lowest = windowMissRate;
        if (windowMissRate > _highest) _highest = windowMissRate;
        _rate = windowMissRate;
        if (_lookups == _pointEnd) ClosePoint();
    }

    private void ClosePoint()
    {
        _points[_count++] = Open;
        _lowest = double.PositiveInfinity;
        _highest = double.NegativeInfinity;
        if (_count == _points.Length) HalvePoints();
        _pointEnd += Stride;
    }

    private void HalvePoints()
    {
        _count /= 2;
        for (var index = 0; index < _count; index++) _points[index] = _points[2 * index].MergeWith(_points[(2 * index) + 1]);
        Stride *= 2;
    }
}
