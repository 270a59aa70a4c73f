namespace Cistern.Cli;

/// <summary>The files of one run while they are written. Nothing appears under its name before <see cref="Publish"/>; what was not published is removed.</summary>
internal sealed class BackfillFiles : IDisposable
{
    private readonly List<OutputFile> _open = [];
    private readonly OutputFile _summary;
    private readonly BlockWriter _inSummary;
    private readonly BlockWriter? _inResults;

    public BackfillFiles(BackfillOutputs outputs)
    {
        try
        {
            _summary = Open(outputs.Summary);
            _inSummary = new BlockWriter(_summary.Write, SummaryText.HeadBytes);
            _inResults = outputs.Results is null ? null : new BlockWriter(Open(outputs.Results).Write, 0);
            Audit = outputs.Audit is null ? null : new BlockWriter(Open(outputs.Audit).Write, 0);
            Report = outputs.Report is null ? null : Open(outputs.Report);
            Results = new ResultWriter(_inResults ?? _inSummary, isArray: _inResults is null);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Takes the results: inside the summary, or in their own file.</summary>
    public ResultWriter Results { get; }

    /// <summary>Takes the audit; null: nobody asked for it.</summary>
    public BlockWriter? Audit { get; }

    /// <summary>Takes the report; null: nobody asked for it.</summary>
    public OutputFile? Report { get; }

    /// <summary>Completes every file and puts each in its place, the summary last: where it is, all are.</summary>
    public void Publish(BackfillOutcome outcome)
    {
        _inResults?.Flush();
        Audit?.Flush();
        CompleteSummary(outcome);
        if (Report is not null) WriteReport(Report, outcome);
        foreach (var file in _open) file.Settle();
        foreach (var file in Enumerable.Reverse(_open)) file.Publish();
    }

    /// <summary>Copies the summary to standard output.</summary>
    public void PrintSummary(ConsoleStreams console) => _summary.PrintTo(console);

    public void Dispose()
    {
        foreach (var file in _open) file.Dispose();
    }

    // Small: exactly as it should look. Large: the results are in the file already, behind the room for the head.
    private void CompleteSummary(BackfillOutcome outcome)
    {
        var results = _inSummary.Unwritten;
        if (!_inSummary.HasWritten)
        {
            _summary.Write([.. SummaryText.Head(outcome, isPadded: false), .. results, .. SummaryText.Tail(outcome, hasResults: results.Length > 0)], 0);
            return;
        }

        _inSummary.Flush();
        _summary.Write(SummaryText.Head(outcome, isPadded: true), 0);
        _summary.Write(SummaryText.Tail(outcome, hasResults: true), _inSummary.Position);
    }

    private static void WriteReport(OutputFile file, BackfillOutcome outcome)
    {
        using var page = new MemoryStream();
        ReportPage.Write(page, outcome.ToReport());
        file.Write(page.GetBuffer().AsSpan(0, (int)page.Length), 0);
    }

    private OutputFile Open(OutputPath path)
    {
        var file = OutputFile.Create(path);
        _open.Add(file);
        return file;
    }
}
