using System.Globalization;
using Cistern;

namespace Samples;

/// <summary>Starts the service, lets it answer, changes a price, and restarts it.</summary>
public static class Demonstration
{
    private const int Products = 20;

    private static readonly BackendSchemes Schemes = new(FileScheme.Instance, SqliteScheme.Instance);

    /// <summary>Runs it over the backend of an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="folder">Where a relative path in it begins.</param>
    public static async Task<IReadOnlyList<Start>> RunAsync(string address, string folder)
    {
        var database = new PriceDatabase();
        for (var product = 0; product < Products; product++) database.Set(Key(product), "100");
        return
        [
            await StartAsync(address, folder, database, static async service => await service.SetAsync(Key(7), "77")),
            await StartAsync(address, folder, database, static _ => Task.CompletedTask),
        ];
    }

    private static async Task<Start> StartAsync(string address, string folder, PriceDatabase database, Func<PriceService, Task> afterwards)
    {
        var before = database.Reads;
        #region OneLine
        await using var backend = await Schemes.OpenAsync(BackendAddress.Parse(address), new BackendOpening { BaseFolder = folder });
        #endregion
        await using var service = new PriceService(backend, database);
        var prices = new List<string?>();
        for (var product = 0; product < Products; product++) prices.Add(await service.GetAsync(Key(product)));
        await afterwards(service);
        return new Start(backend.Capabilities.IsPersistent, service.Stats.Hits, service.Stats.Misses, database.Reads - before, prices);
    }

    private static string Key(int product) => string.Create(CultureInfo.InvariantCulture, $"product:{product:00}");
}
