using System.CommandLine;
using System.Globalization;

namespace Cistern.Cli;

/// <summary><c>cistern inspect</c>: everything kept of one entry. Not a lookup.</summary>
internal sealed class InspectVerb : Verb
{
    private const int PreviewBytes = 256;

    private readonly Argument<string> _address = AddressArgument();
    private readonly Argument<string> _key = One("KEY", "the key");

    public InspectVerb() : base("inspect", "Show everything kept of one entry, without counting as a lookup.") => Declare([_address, _key]);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(VerbRun run)
    {
        var key = run.Key(_key);
        CacheEntry? entry;
        var backend = await run.OpenAsync(_address, isReadOnly: true).ConfigureAwait(false);
        await using (backend.ConfigureAwait(false)) entry = await backend.GetEntryAsync(key, run.CancellationToken).ConfigureAwait(false);
        if (entry is null)
        {
            if (run.IsJson) run.PrintJson(json => json.Add("key", key).Add("found", flag: false));
            run.Note($"no such key: '{key}'");
            return ExitCode.Failed;
        }

        var left = entry.TimeToLiveRemaining(run.Now);
        if (run.IsJson) run.PrintJson(json => Add(json, entry, left));
        else foreach (var (name, text) in Rows(entry, left)) run.Print($"{name,-14}{text}");
        return ExitCode.Done;
    }

    private static IEnumerable<(string Name, string Text)> Rows(CacheEntry entry, TimeSpan? left)
    {
        yield return ("key", entry.Key);
        yield return ("size", string.Create(CultureInfo.InvariantCulture, $"{entry.SizeBytes:N0} bytes"));
        yield return ("created", InstantText.Of(entry.CreatedAt));
        yield return ("expires", entry.ExpiresAt is { } end ? InstantText.Of(end) : "never");
        if (left is { } time) yield return ("time left", string.Create(CultureInfo.InvariantCulture, $"{time:c}"));
        if (entry.AbsoluteExpiration is { } absolute) yield return ("at the latest", InstantText.Of(absolute));
        yield return ("version", entry.Version?.ToString(CultureInfo.InvariantCulture) ?? "none");
        foreach (var (name, text) in entry.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) yield return ("metadata", $"{name} = {text}");
        yield return (IsCut(entry) ? "begins with" : "value", ValueText.Line(Preview(entry).Span));
    }

    private static void Add(ResultJson json, CacheEntry entry, TimeSpan? left) => json
        .Add("key", entry.Key)
        .Add("found", flag: true)
        .Add("size_bytes", entry.SizeBytes)
        .Add("created_at", entry.CreatedAt)
        .Add("expires_at", entry.ExpiresAt)
        .Add("ttl_remaining_ms", (long?)left?.TotalMilliseconds)
        .Add("absolute_expiration", entry.AbsoluteExpiration)
        .Add("version", entry.Version)
        .Add("metadata", entry.Metadata)
        .AddValue("preview", Preview(entry).Span)
        .Add("preview_is_cut", IsCut(entry));

    private static bool IsCut(CacheEntry entry) => entry.Value.Length > PreviewBytes;

    // A character that the cut would go through is left out, so that text stays text.
    private static ReadOnlyMemory<byte> Preview(CacheEntry entry)
    {
        if (!IsCut(entry)) return entry.Value;
        var end = PreviewBytes;
        while (end > PreviewBytes - 4 && (entry.Value.Span[end] & 0xC0) == 0x80) end--;
        return entry.Value[..end];
    }
}
