namespace Cistern.Cli;

/// <summary>The settings of a backfill: every row, in the order in which they are documented and reported.</summary>
internal static class BackfillSettingTable
{
    private const string NeedsTime = "a duration needs lookups with a time t";

    public static IReadOnlyList<SettingRow<BackfillSettings>> Rows { get; } =
    [
        new("backend", "an address such as memory:?capacity=1000&eviction=lru, file:cache.json or sqlite:cache.db", "memory:", "where entries live",
            static (settings, value) => value.Word() is { } text ? settings with { Backend = BackendAddress.Parse(text) } : null) { Note = "without bounds, memory: keeps everything" },
        new("miss_threshold", "a number from 0.01 to 1.0", "0.5", "the miss rate at which a backfill runs",
            static (settings, value) => value.Number(0.01, 1.0) is { } number ? settings with { MissThreshold = number } : null),
        new("backfill_batch", "a whole number, at least 1", "10", "the most entries one backfill loads",
            static (settings, value) => value.Whole(1) is { } number ? settings with { BackfillBatch = number } : null),
        new("min_lookups", "a whole number, at least 1", "3", "how many lookups the window must hold before a backfill runs",
            static (settings, value) => value.Whole(1) is { } number ? settings with { MinLookups = number } : null),
        new("max_backfills", "a whole number, at least 0, or null (none)", "none", "how many backfills may run by themselves",
            static (settings, value) => value.IsNull ? settings with { MaxBackfills = null } : value.Whole(0) is { } number ? settings with { MaxBackfills = number } : null),
        new("capacity", "a whole number, at least 1, or null (none)", "none", "the most entries that memory: holds",
            static (settings, value) => value.IsNull ? settings with { Capacity = null } : value.Whole(1) is { } number ? settings with { Capacity = number } : null),
        new("eviction", EvictionModeText.Allowed, "oldest_added", "which entry goes first when memory: is full",
            static (settings, value) => value.Word() is { } word && EvictionModeText.Parse(word) is { } mode ? settings with { Eviction = mode } : null),
        new("window", "cumulative, a number of lookups from 1, or " + DurationText.Allowed, "cumulative", "over which lookups the rate is taken",
            static (settings, value) => ParseWindow(value) is { } window ? settings with { Window = window } : null) { Note = NeedsTime },
        new("clear_threshold", "a number from 0 to miss_threshold, or null (none)", "none", "once on, backfilling goes on until the rate is at or under this",
            static (settings, value) => value.IsNull ? settings with { ClearThreshold = null } : value.Number(0, 1.0) is { } number ? settings with { ClearThreshold = number } : null),
        new("cooldown", DurationText.Allowed + ", or null (none)", "none", "the least time between two backfills",
            static (settings, value) => value.IsNull ? settings with { Cooldown = null } : value.Duration() is { } duration ? settings with { Cooldown = duration } : null) { Note = NeedsTime },
        new("exclude_source_misses", "true or false", "false", "decide without lookups of keys known to be absent at the source",
            static (settings, value) => value.Flag() is { } flag ? settings with { ExcludeSourceMisses = flag } : null) { IsFlag = true },
        new("backfill_mode", "inline or background", "inline", "whether the lookup that causes a backfill waits for it",
            static (settings, value) => value.Word() switch
            {
                "inline" => settings with { Mode = BackfillMode.Inline },
                "background" => settings with { Mode = BackfillMode.Background },
                _ => null,
            }) { Note = "a run in the background is not reproducible" },
        new("on_backend_fault", "throw or bypass", "throw", "whether a lookup fails with the backend, or reads the source",
            static (settings, value) => value.Word() switch
            {
                "throw" => settings with { OnBackendFault = BackendFaultHandling.Throw },
                "bypass" => settings with { OnBackendFault = BackendFaultHandling.Bypass },
                _ => null,
            }),
    ];

    private static MissWindow? ParseWindow(SettingValue value)
    {
        if (value.Whole(1) is { } lookups) return MissWindow.OfLookups(lookups);
        if (value.Word() == "cumulative") return MissWindow.Cumulative;
        return value.Duration() is { } duration ? MissWindow.OfDuration(duration) : null;
    }
}
