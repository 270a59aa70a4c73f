using System.Text;
using Cistern;

namespace Samples;

/// <summary>The authority on prices: a table in miniature, which numbers its changes and counts how often it is read. Safe for concurrent use.</summary>
public sealed class PriceDatabase : ICacheSource
{
    private readonly Lock _lock = new();
    private readonly SortedList<string, SourceEntry> _prices = new(StringComparer.Ordinal);
    private long _changes;

    /// <inheritdoc/>
    public string Name => "prices";

    /// <summary>How often it was read: a key, or a page, is one time.</summary>
    public int Reads { get; private set; }

    /// <summary>Sets a price; returns the number of the change, which is the price's version.</summary>
    public long Set(string product, string price)
    {
        lock (_lock)
        {
            var version = ++_changes;
            _prices[product] = new SourceEntry(product, Encoding.UTF8.GetBytes(price)) { Version = version };
            return version;
        }
    }

    /// <inheritdoc/>
    public ValueTask<SourceEntry?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Reads++;
            return new(_prices.TryGetValue(key, out var price) ? price : null);
        }
    }

    // By key, never by offset: what changes meanwhile then moves nothing from one page to another.
    /// <inheritdoc/>
    public ValueTask<SourcePage> ReadPageAsync(SourcePosition position, int maxEntries, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Reads++;
            var page = _prices.Values.Where(price => string.CompareOrdinal(price.Key, position.Token) > 0).Take(maxEntries).ToArray();
            return new(new SourcePage(page, page.Length == 0 ? position : new SourcePosition(page[^1].Key)));
        }
    }
}
