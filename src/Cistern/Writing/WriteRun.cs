namespace Cistern;

/// <summary>One write: reads the records once, hands each batch to every backend, and waits for the last of them.</summary>
internal sealed class WriteRun(IReadOnlyList<WriteTarget> targets, CacheWriterOptions options, TimeProvider clock, IProgress<WriteProgress>? progress)
{
    private readonly RecordIntake _intake = new(options);
    private readonly BackendDrain[] _drains = [.. targets.Select(target => new BackendDrain(target, options, clock))];
    private volatile IProgress<WriteProgress>? _progress = progress;
    private volatile bool _isInputRead;
    private Exception? _inputError;

    /// <summary>Runs it. Never throws for what records, backends or a cancellation do: the report tells.</summary>
    public async Task<WriteReport> RunAsync(IAsyncEnumerable<WriteRecord> records, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        using var stop = new WriteStop(options.OnFailure, cancellationToken);
        var draining = _drains.Select((drain, i) => Task.Run(() => drain.RunAsync(stop, () => Tell(i), cancellationToken), CancellationToken.None)).ToArray();
        await ReadAsync(records, stop).ConfigureAwait(false);
        foreach (var drain in _drains) drain.Queue.Complete();
        await Task.WhenAll(draining).ConfigureAwait(false);

        var isCut = !_isInputRead || _drains.Any(drain => drain.Tally.HasUnwritten);
        return _intake.ToReport() with
        {
            Backends = [.. _drains.Select(drain => drain.Tally.ToReport())],
            InputError = _inputError,
            IsCancelled = cancellationToken.IsCancellationRequested && (isCut || _drains.Any(drain => drain.Tally.WasCancelled)),
            IsStopped = stop.IsStopped && isCut,
            Elapsed = clock.GetElapsedTime(began),
        };
    }

    // What was accepted is handed on even when the reading ends early: whether a backend still writes it, its own figures say.
    private async Task ReadAsync(IAsyncEnumerable<WriteRecord> records, WriteStop stop)
    {
        var pump = new RecordPump(_intake, batch => HandOnAsync(batch, stop.Reading), stop);
        await pump.RunAsync(records).ConfigureAwait(false);
        (_isInputRead, _inputError) = (pump.IsRead, pump.Error);
        if (_intake.TakeRest() is { } rest) await HandOnAsync(rest, stop.Reading).ConfigureAwait(false);
    }

    // At once to whoever has room: a backend that is behind must not hold the others up before it has to.
    private async ValueTask HandOnAsync(WriteBatch batch, CancellationToken reading)
    {
        var adding = new Task[_drains.Length];
        for (var i = 0; i < adding.Length; i++) adding[i] = _drains[i].Queue.AddAsync(batch, reading);
        foreach (var added in adding) await added.ConfigureAwait(false);
    }

    private void Tell(int index)
    {
        if (_progress is not { } progress) return;
        var tally = _drains[index].Tally;
        try
        {
            progress.Report(new WriteProgress(index, tally.Name, tally.Done, tally.Failed, _intake.Accepted, _isInputRead));
        }
        catch (Exception)
        {
            // A picture of the work must not end it.
            _progress = null;
        }
    }
}
