namespace Cistern.Cli;

/// <summary>The rows of the settings table, merged from the file and the command line. Immutable.</summary>
internal sealed record BackfillSettings
{
    public BackendAddress Backend { get; init; } = BackendAddress.Parse("memory:");

    public double MissThreshold { get; init; } = 0.5;

    public int BackfillBatch { get; init; } = 10;

    public int MinLookups { get; init; } = 3;

    public int? MaxBackfills { get; init; }

    public int? Capacity { get; init; }

    /// <summary>Null: nobody chose; the runner evicts the oldest added.</summary>
    public EvictionMode? Eviction { get; init; }

    public MissWindow Window { get; init; } = MissWindow.Cumulative;

    public double? ClearThreshold { get; init; }

    public TimeSpan? Cooldown { get; init; }

    public bool ExcludeSourceMisses { get; init; }

    public BackfillMode Mode { get; init; }

    public BackendFaultHandling OnBackendFault { get; init; }

    /// <summary>Whether lookups must say when they happened.</summary>
    public bool NeedsTime => Window.Duration is not null || Cooldown is not null;

    /// <summary>Checks what no row can check alone.</summary>
    /// <param name="merge">Where they are from.</param>
    /// <exception cref="BadInputException">Two settings do not go together.</exception>
    public void Check(SettingsMerge<BackfillSettings> merge)
    {
        if (ClearThreshold > MissThreshold) throw new BadInputException($"{merge.PlaceOf("clear_threshold")}: must be a number from 0 to miss_threshold ({MissThreshold}); found {ClearThreshold}");
    }

    public BackfillOptions ToOptions() => new()
    {
        MissThreshold = MissThreshold,
        BackfillBatch = BackfillBatch,
        MinLookups = MinLookups,
        MaxBackfills = MaxBackfills,
        Window = Window,
        ClearThreshold = ClearThreshold,
        Cooldown = Cooldown,
        ExcludeSourceMisses = ExcludeSourceMisses,
        Mode = Mode,
        OnBackendFault = OnBackendFault,
    };
}
