using System.Globalization;

namespace Cistern.Testing;

/// <summary>
/// A source whose entries change while writers and deleters tell a cache of it, and fillers store what they had read before. With versions, nothing that is older than the source is
/// left in the cache at the end, whoever came last. Written blindly, what the fillers hold is.
/// </summary>
/// <param name="backend">The cache; empty.</param>
/// <param name="keys">How many keys.</param>
/// <param name="isBlind">Whether the fillers write without versions: to see that the race finds what it looks for.</param>
internal sealed class VersionRace(CacheBackend backend, int keys, bool isBlind)
{
    private const int Writers = 4;
    private const int Deleters = 2;
    private const int Fillers = 2;
    private const int FillBatch = 50;
    private const int RoundsOfAWriter = 2;

    // Of each key its latest version, positive while it is there, negative once it is deleted. Guarded by itself.
    private readonly long[] _source = [.. Enumerable.Repeat(1L, keys)];

    // So that a comparison as doubles, which cannot tell neighbours up here apart, shows.
    private const long FirstVersion = 638_993_664_000_000_000;

    /// <summary>Runs the race.</summary>
    /// <returns>How many keys the cache has an older value of than the source, or one that the source has deleted.</returns>
    public async Task<int> RunAsync()
    {
        // What the fillers read first and write last is stale by then.
        var early = Enumerable.Range(0, Fillers).Select(filler => ReadAll(filler)).ToList();
        await Task.WhenAll([
            .. Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(writer))),
            .. Enumerable.Range(0, Deleters).Select(deleter => Task.Run(() => DeleteAsync(deleter))),
            .. Enumerable.Range(0, Fillers).Select(filler => Task.Run(() => FillAsync(filler))),
        ]);
        await Task.WhenAll(early.Select(read => Task.Run(() => StoreAsync(read))));
        return await CountStaleAsync();
    }

    private static string KeyOf(int key) => $"race {key}";

    private static byte[] ValueOf(long version) => System.Text.Encoding.UTF8.GetBytes(version.ToString(CultureInfo.InvariantCulture));

    private async Task WriteAsync(int writer)
    {
        var random = new Random(writer);
        for (var i = 0; i < RoundsOfAWriter * keys / Writers; i++)
        {
            var key = random.Next(keys);
            var version = Change(key, isThere: true);
            await backend.SetAsync(KeyOf(key), ValueOf(version), SetOptions.IfNewer(FirstVersion + version));
        }
    }

    private async Task DeleteAsync(int deleter)
    {
        var random = new Random(Writers + deleter);
        for (var i = 0; i < keys / Deleters / 2; i++)
        {
            var key = random.Next(keys);
            await backend.DeleteAsync(KeyOf(key), FirstVersion + Change(key, isThere: false));
        }
    }

    private async Task FillAsync(int filler)
    {
        var random = new Random(Writers + Deleters + filler);
        for (var i = 0; i < keys; i += FillBatch)
        {
            var read = Enumerable.Range(0, FillBatch).Select(_ => random.Next(keys)).Distinct().Select(key => (Key: key, Version: Read(key))).Where(entry => entry.Version > 0).ToList();

            // Others change them meanwhile.
            await Task.Yield();
            await StoreAsync(read);
        }
    }

    private async Task StoreAsync(List<(int Key, long Version)> read)
    {
        foreach (var part in read.Chunk(FillBatch))
        {
            await backend.SetManyAsync(part.Select(entry => new SetRequest(KeyOf(entry.Key), ValueOf(entry.Version), isBlind ? null : SetOptions.IfNewer(FirstVersion + entry.Version))));
        }
    }

    private async Task<int> CountStaleAsync()
    {
        var stale = 0;
        foreach (var part in Enumerable.Range(0, keys).Chunk(1_000))
        {
            var found = await backend.GetManyAsync(part.Select(KeyOf));
            stale += part.Count(key => found.TryGetValue(KeyOf(key), out var value) && !value.AsSpan().SequenceEqual(ValueOf(Read(key))));
        }

        return stale;
    }

    private List<(int Key, long Version)> ReadAll(int filler) => [.. Enumerable.Range(0, keys).Where(key => key % Fillers == filler).Select(key => (key, Read(key)))];

    private long Read(int key)
    {
        lock (_source) return _source[key];
    }

    private long Change(int key, bool isThere)
    {
        lock (_source)
        {
            var version = Math.Abs(_source[key]) + 1;
            _source[key] = isThere ? version : -version;
            return version;
        }
    }
}
