namespace Cistern.Cli;

/// <summary>What a run reads: the source and the lookups, inline or in files.</summary>
internal sealed class BackfillInputs : IAsyncDisposable
{
    private const string Inline = "inline";

    private readonly ICacheSource _source;
    private readonly IReadOnlyCollection<string> _lookups;
    private readonly LookupFile? _file;

    private BackfillInputs(ICacheSource source, IReadOnlyCollection<string> lookups, LookupFile? file)
    {
        _source = source;
        _lookups = lookups;
        _file = file;
    }

    public ICacheSource Source => _source;

    /// <summary>What the source is, without secrets.</summary>
    public required string SourceName { get; init; }

    /// <summary>What the lookups are.</summary>
    public required string LookupsName { get; init; }

    /// <summary>How many lookups there are; null: only their end will tell.</summary>
    public long? LookupCount => _file is null ? _lookups.Count : null;

    /// <summary>Opens what the command line names, or else the configuration.</summary>
    /// <exception cref="BadInputException">It is missing, cannot be opened, or would be overwritten.</exception>
    public static async ValueTask<BackfillInputs> OpenAsync(BackfillArguments arguments, BackfillConfig document, BackfillOutputs outputs, CancellationToken cancellationToken)
    {
        var origin = new InputOrigin(arguments.Input);
        LookupFile? file = null;
        try
        {
            // The lookups first: they are only opened, and a source may have to be indexed.
            file = origin.Lookups(arguments.Lookups, document.LookupsFile);
            if (file is not null) outputs.Claims.Read("the lookups", file.Name);
            var source = await OpenSourceAsync(origin.Source(arguments.Source, document.SourceAddress), arguments, document, outputs, cancellationToken).ConfigureAwait(false);
            return new BackfillInputs(source, document.InlineLookups ?? [], file)
            {
                SourceName = arguments.Source ?? document.SourceAddress ?? Inline,
                LookupsName = arguments.Lookups ?? document.LookupsFile ?? Inline,
            };
        }
        catch (Exception error)
        {
            file?.Dispose();
            if (error is CacheSourceException) throw new BadInputException(error.Message, error);
            throw;
        }
    }

    /// <summary>Checks that lookups have a time where a setting needs it, as far as that is known before they are read.</summary>
    public void CheckTime(SettingsMerge<BackfillSettings> merge)
    {
        if (merge.Settings.NeedsTime && _file?.Format is null or LookupFormat.Plain) throw MissingTime(merge);
    }

    /// <summary>Does every lookup, in order.</summary>
    /// <exception cref="BadInputException">The file of the lookups holds something else.</exception>
    public async Task RunAsync(BackfillRun run, LookupClock clock, SettingsMerge<BackfillSettings> merge, CancellationToken cancellationToken)
    {
        if (_file is not null)
        {
            await RunFileAsync(_file, run, clock, merge, cancellationToken).ConfigureAwait(false);
            return;
        }

        foreach (var batch in ReadAhead.Of(_lookups, cancellationToken))
        {
            for (var i = 0; i < batch.Count; i++)
            {
                if (i % BackfillRun.Ahead == 0) run.Announce(batch.AsSpan(), i);
                var lookup = run.LookUpAsync(batch[i], cancellationToken);
                if (!lookup.IsCompletedSuccessfully) await lookup.ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _file?.Dispose();
        if (_source is FileSource opened) await opened.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task RunFileAsync(LookupFile file, BackfillRun run, LookupClock clock, SettingsMerge<BackfillSettings> merge, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (key, time) in ReadAhead.Of(file.Read(cancellationToken), cancellationToken).SelectMany(batch => batch))
            {
                if (time is { } now) clock.Show(now);
                else if (merge.Settings.NeedsTime) throw MissingTime(merge);
                var lookup = run.LookUpAsync(key, cancellationToken);
                if (!lookup.IsCompletedSuccessfully) await lookup.ConfigureAwait(false);
            }
        }
        catch (CacheSourceException error)
        {
            // A run tells faults of its source itself: this one is the lookups' own.
            throw new BadInputException(error.Message, error);
        }
    }

    private static BadInputException MissingTime(SettingsMerge<BackfillSettings> merge) =>
        new($"{merge.PlaceOf(merge.Settings.Cooldown is null ? "window" : "cooldown")}: a duration needs lookups with a time; put them into a JSON Lines or CSV file with the fields key and t");

    private static async ValueTask<ICacheSource> OpenSourceAsync(SourceAddress? address, BackfillArguments arguments, BackfillConfig document, BackfillOutputs outputs, CancellationToken cancellationToken)
    {
        if (address is null)
        {
            return document.InlineSource ?? throw new BadInputException($"{arguments.Input}: $.source: is required: an object of keys and values, or the address of a file (also as --source)");
        }

        outputs.Claims.Read("the source", address.Path);
        return await SourceOpener.OpenAsync(address, cancellationToken).ConfigureAwait(false);
    }
}
