using System.Globalization;
using System.Text;

namespace Cistern;

/// <summary>A source that holds its entries in memory, in the order in which they were given. Immutable.</summary>
public sealed class InMemorySource : ICacheSource
{
    private readonly ArraySegment<SourceEntry> _entries;
    private readonly Func<string, int> _indexOf;

    /// <summary>Creates a source.</summary>
    /// <param name="entries">The entries. Of duplicate keys the last one wins, and takes its own place in the order.</param>
    /// <param name="name">What the source is called in errors and audits.</param>
    public InMemorySource(IEnumerable<SourceEntry> entries, string name = "memory")
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        var given = entries.ToArray();
        var indexes = new Dictionary<string, int>(given.Length);
        _indexOf = key => indexes.GetValueOrDefault(key, -1);
        for (var i = 0; i < given.Length; i++) indexes[given[i].Key] = i;
        if (indexes.Count == given.Length)
        {
            _entries = given;
            return;
        }

        var kept = 0;
        for (var i = 0; i < given.Length; i++)
        {
            if (indexes[given[i].Key] != i) continue;
            indexes[given[i].Key] = kept;
            given[kept++] = given[i];
        }

        _entries = new ArraySegment<SourceEntry>(given, 0, kept);
    }

    /// <summary>Creates a source over entries that whoever gathered them has indexed, so that this is not done twice.</summary>
    /// <param name="entries">The entries, no key twice; not copied, and not to be changed any more.</param>
    /// <param name="indexOf">The index of a key's entry, -1 where there is none. Called by any number of threads at once.</param>
    /// <param name="name">What the source is called in errors and audits.</param>
    public InMemorySource(ArraySegment<SourceEntry> entries, Func<string, int> indexOf, string name = "memory")
    {
        ArgumentNullException.ThrowIfNull(indexOf);
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        _entries = entries;
        _indexOf = indexOf;
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
        return new(_indexOf(key) is >= 0 and var index ? _entries[index] : null);
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
