namespace Cistern.Cli;

/// <summary>The names of evictions in configuration.</summary>
internal static class EvictionName
{
    public static EvictionMode? Parse(string? name) => name switch
    {
        "oldest_added" => EvictionMode.OldestAdded,
        "lru" => EvictionMode.Lru,
        _ => null,
    };

    public static string Of(EvictionMode mode) => mode == EvictionMode.Lru ? "lru" : "oldest_added";
}
