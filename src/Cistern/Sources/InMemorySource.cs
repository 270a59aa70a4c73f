using System.Globalization;
using System.Text;

namespace Cistern;

/// <summary>A source that holds its entries in memory, in the order in which they were given. Immutable.</summary>
public sealed class InMemorySource : ICacheSource
{
    private readonly ArraySegment<SourceEntry> _entries;
    private readonly Dictionary<string, int> _indexes;

    /// <summary>Creates a source.</summary>
    /// <param name="entries">The entries. Of duplicate keys the last one wins, and takes its own place in the order.</param>
    /// <param name="name">What the source is called in errors and audits.</param>
    public InMemorySource(IEnumerable<SourceEntry> entries, string name = "memory")
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        var given = entries.ToArray();
        _indexes = new Dictionary<string, int>(given.Length);
        for (var i = 0; i < given.Length; i++) _indexes[given[i].Key] = i;
        if (_indexes.Count == given.Length)
        {
            _entries = given;
            return;
        }

        var kept = 0;
        for (var i = 0; i < given.Length; i++)
        {
            if (_indexes[given[i].Key] != i) continue;
            _indexes[given[i].Key] = kept;
            given[kept++] = given[i];
        }

        _entries = new ArraySegment<SourceEntry>(given, 0, kept);
    }

    // Of what was gathered elsewhere without duplicates, so that it need not be held twice.
    internal InMemorySource(SourceEntry[] entries, Dictionary<string, int> indexes)
    {
        Name = "memory";
        _entries = entries;
        _indexes = indexes;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>How many entries there are.</summary>
    public int Count => _entries.Count;

    /// <summary>Creates a source of texts, held as UTF-8.</summary>
    /// <param name="texts">Keys and their texts.</param>
    public static InMemorySource FromStrings(IEnumerable<KeyValuePair<string, string>> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return new InMemorySource(texts.Select(pair => new SourceEntry(pair.Key, Encoding.UTF8.GetBytes(pair.Value))));
    }

    /// <inheritdoc/>
    public ValueTask<SourceEntry?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_indexes.TryGetValue(key, out var index) ? _entries[index] : null);
    }

    /// <inheritdoc/>
    public ValueTask<SourcePage> ReadPageAsync(SourcePosition position, int maxEntries, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEntries, 1);
        cancellationToken.ThrowIfCancellationRequested();
        var start = 0;
        if (position.Token is { } token && (!int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out start) || start > _entries.Count))
            throw new ArgumentException($"Not a position of this source, which has {_entries.Count} entries: {token}", nameof(position));

        var count = Math.Min(maxEntries, _entries.Count - start);
        var next = new SourcePosition((start + count).ToString(CultureInfo.InvariantCulture));
        return new(new SourcePage(_entries.Slice(start, count), next));
    }
}
