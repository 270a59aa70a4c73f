using System.Globalization;
using Cistern;

namespace Samples;

#region OwnSource
/// <summary>A table of products as a source. Pages are read by key, so that a change between two pages skips nothing.</summary>
internal sealed class ProductSource(SortedDictionary<int, string> table) : ICacheSource
{
    public string Name => "products";

    public ValueTask<SourceEntry?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        return new(TryReadId(key, out var id) && table.TryGetValue(id, out var name) ? Entry(id, name) : null);
    }

    public ValueTask<SourcePage> ReadPageAsync(SourcePosition position, int maxEntries, CancellationToken cancellationToken)
    {
        // SELECT id, name FROM products WHERE id > @last ORDER BY id LIMIT @maxEntries
        var last = position.Token is { } token ? int.Parse(token, CultureInfo.InvariantCulture) : int.MinValue;
        var rows = table.Where(row => row.Key > last).Take(maxEntries).ToArray();
        var next = rows.Length == 0 ? position : new SourcePosition(rows[^1].Key.ToString(CultureInfo.InvariantCulture));
        return new(new SourcePage([.. rows.Select(row => Entry(row.Key, row.Value))], next));
    }

    private static bool TryReadId(string key, out int id)
    {
        id = 0;
        return key.StartsWith("product:", StringComparison.Ordinal) && int.TryParse(key.AsSpan("product:".Length), CultureInfo.InvariantCulture, out id);
    }

    private static SourceEntry Entry(int id, string name) => new($"product:{id}", System.Text.Encoding.UTF8.GetBytes(name));
}
#endregion
