namespace Cistern;

/// <summary>The kinds of eviction as people write them: <c>lru</c>, <c>oldest_added</c>, <c>s3fifo</c>, <c>tiny_lfu</c>, <c>adaptive</c>.</summary>
public static class EvictionModeText
{
    /// <summary>What is allowed, for errors.</summary>
    public const string Allowed = "lru, oldest_added, s3fifo, tiny_lfu or adaptive";

    internal static readonly (string Word, EvictionMode Meaning)[] Choices =
    [
        ("lru", EvictionMode.Lru),
        ("oldest_added", EvictionMode.OldestAdded),
        ("s3fifo", EvictionMode.S3Fifo),
        ("tiny_lfu", EvictionMode.TinyLfu),
        ("adaptive", EvictionMode.Adaptive),
    ];

    /// <summary>Every kind there is, in the order of <see cref="Allowed"/>.</summary>
    public static IReadOnlyList<EvictionMode> All { get; } = [.. Choices.Select(choice => choice.Meaning)];

    /// <summary>The kind of that name; null when there is none.</summary>
    /// <param name="text">The name, in lower case.</param>
    public static EvictionMode? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Choices.Where(choice => choice.Word == text).Select(choice => (EvictionMode?)choice.Meaning).FirstOrDefault();
    }

    /// <summary>The name of a kind, which <see cref="Parse"/> reads.</summary>
    /// <param name="mode">The kind.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind.</exception>
    public static string Format(EvictionMode mode) =>
        Choices.Where(choice => choice.Meaning == mode).Select(choice => choice.Word).FirstOrDefault() ?? throw new ArgumentOutOfRangeException(nameof(mode), mode, "Unknown eviction.");
}
