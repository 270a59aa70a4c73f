namespace Cistern.Cli;

/// <summary>
/// <c>cistern backfill</c>: checks everything that can be checked, runs the lookups, and only then lets files appear. One use.
/// </summary>
internal sealed class BackfillCommand(BackfillArguments arguments, Surroundings surroundings, EarlyInput? early)
{
    private readonly ConsoleStreams _console = surroundings.Console;
    private readonly LookupClock _clock = new();

    /// <summary>Runs it.</summary>
    /// <param name="cancellationToken">Ends it; nothing is left behind.</param>
    /// <returns>An exit code.</returns>
    /// <exception cref="BadInputException">Something given cannot be used.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var outputs = BackfillOutputs.Check(arguments);
        var document = BackfillConfigReader.Read(early?.Take(arguments.Input) ?? InputFile.Read(arguments.Input));
        var merge = new SettingsMerge<BackfillSettings>(arguments.Input, new BackfillSettings());
        merge.Add(document.Values, arguments.Settings);
        merge.Settings.Check(merge);
        var opener = OpenerOf(merge);
        outputs.Claims.Own(merge.Settings.Backend.ToString(), merge.PlaceOf("backend"), opener.FindFiles(), isReadOnly: false);

        // The backend last: it may begin a file, in which no input must be.
        var inputs = await BackfillInputs.OpenAsync(arguments, document, outputs, cancellationToken).ConfigureAwait(false);
        await using var opening = inputs.ConfigureAwait(false);
        inputs.CheckTime(merge);
        var opened = await opener.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var backend = opened.Backend.ConfigureAwait(false);

        using var files = new BackfillFiles(outputs);
        var outcome = await RunAsync(merge, opened, inputs, files, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        Publish(files, outcome);
        files.PrintSummary(_console);
        if (arguments.Verbosity != Verbosity.Quiet) Tell(outcome);
        return outcome.HasFailures ? ExitCode.Failed : ExitCode.Done;
    }

    // What a persistent backend was filled with stays: whatever this is, it is not an input that changed nothing.
    private static void Publish(BackfillFiles files, BackfillOutcome outcome)
    {
        try { files.Publish(outcome); }
        catch (BadInputException error) when (outcome.Opened.Backend.Capabilities is { IsPersistent: true } or { IsShared: true }) { throw new IOException($"{error.Message}; the backend was filled", error); }
    }

    // A path in the configuration starts at its folder, one on the command line at the current one.
    private BackendOpener OpenerOf(SettingsMerge<BackfillSettings> merge)
    {
        var isFromFile = !arguments.Settings.Keys.Any(row => row.Name == "backend");
        return new BackendOpener(merge.Settings, merge.PlaceOf("backend"), surroundings, isFromFile ? Path.GetDirectoryName(Path.GetFullPath(arguments.Input)) : null);
    }

    private async Task<BackfillOutcome> RunAsync(SettingsMerge<BackfillSettings> merge, OpenedBackend opened, BackfillInputs inputs, BackfillFiles files, CancellationToken cancellationToken)
    {
        var settings = merge.Settings;
        var audit = new AuditStream(_clock, files.Audit, arguments.Verbosity == Verbosity.Verbose ? _console : null);
        var source = new ObservedSource(inputs.Source);
        var cache = new BackfillingCache(opened.Backend, source, settings.ToOptions() with { AuditSink = audit }, _clock);
        var curve = files.Report is null ? null : new MissRateCurve();
        BackfillRun run;
        await using (cache.ConfigureAwait(false))
        {
            run = new BackfillRun(cache, opened.Backend, source, files.Results);
            if (curve is not null) run.Watch(new CurveObserver(curve, cache, settings));
            await RunProgress.ShowAsync(_console, arguments, inputs.LookupCount, run, () => inputs.RunAsync(run, _clock, merge, cancellationToken)).ConfigureAwait(false);
            await cache.WaitForBackfillAsync(cancellationToken).ConfigureAwait(false);
        }

        if (audit.Failure is { } failure) throw failure;
        if (run.FirstFailure is { } first) _console.Say($"cistern: {run.Failed:N0} lookups failed; the first: {first}");
        return new BackfillOutcome
        {
            Stats = cache.Stats,
            Backend = await opened.Backend.GetStatsAsync(cancellationToken).ConfigureAwait(false),
            Audit = cache.Audit.Entries,
            AuditDropped = cache.Audit.Dropped,
            HasTime = _clock.HasTime,
            FailedLookups = run.Failed,
            ResultsFile = arguments.Results,
            Curve = curve,
            Opened = opened,
            Settings = settings,
            Source = inputs.SourceName,
            Lookups = inputs.LookupsName,
        };
    }

    private void Tell(BackfillOutcome outcome)
    {
        SummaryTable.Print(_console, outcome, arguments.NoColor || _console.NoColor);
        foreach (var path in new[] { arguments.Results, arguments.Audit, arguments.Report, arguments.Output })
        {
            if (path is not null) _console.Say($"{path} written");
        }
    }
}
