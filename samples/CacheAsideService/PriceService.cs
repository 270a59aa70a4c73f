using System.Text;
using Cistern;

namespace Samples;

/// <summary>A cache-aside service: reads come from the cache, else from the database; changes go to the database, then to the cache. It knows no backend by name.</summary>
public sealed class PriceService(CacheBackend backend, PriceDatabase database) : IAsyncDisposable
{
    private readonly BackfillingCache _cache = new(backend, database, new BackfillOptions { BackfillBatch = 100, TimeToLive = TimeSpan.FromHours(1), TimeToLiveJitter = 0.1 });

    /// <summary>What the cache did.</summary>
    public BackfillStats Stats => _cache.Stats;

    /// <summary>The price of a product; null: there is none.</summary>
    public async ValueTask<string?> GetAsync(string product) => await _cache.GetAsync(product) is { } price ? Encoding.UTF8.GetString(price) : null;

    #region CacheAsideWrite
    /// <summary>Changes a price.</summary>
    public async ValueTask SetAsync(string product, string price)
    {
        // The database first. Its version keeps an older price out of the cache, however late it comes: from another
        // instance, from a retry, or from a read that had begun before.
        var version = database.Set(product, price);
        await _cache.SetAsync(product, Encoding.UTF8.GetBytes(price), new SetOptions
        {
            Condition = SetCondition.IfNewer,
            Version = version,
            TimeToLive = TimeSpan.FromHours(1),
        });
    }
    #endregion

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _cache.DisposeAsync();
}
