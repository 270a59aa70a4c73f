namespace Cistern;

/// <summary>What was found wrong, in order, and no longer than anybody reads.</summary>
internal sealed class FindingList
{
    private const int MostListed = 1000;

    private readonly List<BackendFinding> _findings = [];
    private long _more;

    public bool IsEmpty => _findings.Count == 0;

    public void Add(string where, string what) => Add(new BackendFinding(where, what));

    public void Add(BackendFinding finding)
    {
        if (_findings.Count < MostListed) _findings.Add(finding);
        else _more++;
    }

    public void Remove(BackendFinding finding) => _findings.Remove(finding);

    public IReadOnlyList<BackendFinding> ToList() =>
        _more == 0 ? [.. _findings] : [.. _findings, new BackendFinding("", $"{_more} more findings are not listed.")];
}
