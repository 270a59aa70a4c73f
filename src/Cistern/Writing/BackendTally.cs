namespace Cistern;

/// <summary>Counts what became of the records on one backend. Not thread-safe; each backend has its own.</summary>
internal sealed class BackendTally(string name, int maxListed)
{
    private readonly long[] _byOutcome = new long[Enum.GetValues<SetOutcome>().Length];
    private readonly List<UnstoredRecord> _unstored = [];
    private long _expired;
    private long _unwritten;
    private long? _firstUnwritten;
    private Exception? _firstError;

    public string Name => name;

    public long Done { get; private set; }

    public long Failed { get; private set; }

    public bool HasUnwritten => _unwritten > 0;

    /// <summary>Whether a batch was cancelled in flight.</summary>
    public bool WasCancelled { get; set; }

    public TimeSpan Elapsed { get; set; }

    /// <summary>Counts a batch that was written.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="outcomes">One for each of its records; null: the record's time was over.</param>
    public void CountOutcomes(WriteBatch batch, ReadOnlySpan<SetOutcome?> outcomes)
    {
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i] is not { } outcome)
            {
                _expired++;
                continue;
            }

            _byOutcome[(int)outcome]++;
            if (outcome is not (SetOutcome.Stored or SetOutcome.AlreadyCurrent)) List(batch, i, outcome, null);
        }

        Done += batch.Count;
    }

    public void CountFailed(WriteBatch batch, Exception error)
    {
        _firstError ??= error;
        for (var i = 0; i < batch.Count && _unstored.Count < maxListed; i++) List(batch, i, null, error.Message);
        Failed += batch.Count;
        Done += batch.Count;
    }

    public void CountUnwritten(WriteBatch batch)
    {
        _firstUnwritten ??= batch.PlaceOf(0).Number;
        _unwritten += batch.Count;
        Done += batch.Count;
    }

    public BackendWriteReport ToReport() => new()
    {
        Name = name,
        Stored = Of(SetOutcome.Stored),
        AlreadyCurrent = Of(SetOutcome.AlreadyCurrent),
        Present = Of(SetOutcome.Present),
        Superseded = Of(SetOutcome.Superseded),
        TooLarge = Of(SetOutcome.TooLarge),
        Expired = _expired,
        Failed = Failed,
        Unwritten = _unwritten,
        FirstUnwritten = _firstUnwritten,
        FirstError = _firstError,
        Unstored = _unstored,
        Elapsed = Elapsed,
    };

    private long Of(SetOutcome outcome) => _byOutcome[(int)outcome];

    private void List(WriteBatch batch, int index, SetOutcome? outcome, string? error)
    {
        if (_unstored.Count == maxListed) return;
        var (number, line) = batch.PlaceOf(index);
        _unstored.Add(new UnstoredRecord(number, line, batch.Requests[index].Key, outcome, error));
    }
}
