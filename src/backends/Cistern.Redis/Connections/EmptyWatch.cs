using StackExchange.Redis;

namespace Cistern;

/// <summary>
/// Looks once a second whether the server still has some marks that it was given: where one is missing or another's, the entries beside it are lost, too. In a cluster there are marks all over its slots, so that each master has
/// some. A mark is read as often as it is looked for, so that a server that evicts has no reason to; should it do so all the same, that is taken for a loss.
/// </summary>
internal sealed class EmptyWatch : IDisposable
{
    private const int MarksOfACluster = 16;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly RedisConnection _connection;
    private readonly Action _tell;
    private readonly RedisKeys _prefixed;
    private readonly CancellationTokenSource _end = new();
    private RedisKey[] _keys = [];
    private string?[] _marks = [];

    /// <summary>Begins to look.</summary>
    /// <param name="connection">The server.</param>
    /// <param name="keys">The prefix of the marks' keys.</param>
    /// <param name="tell">Told of a loss.</param>
    public EmptyWatch(RedisConnection connection, RedisKeys keys, Action tell)
    {
        _connection = connection;
        _tell = tell;
        _prefixed = keys;
        _ = WatchAsync();
    }

    public void Dispose() => _end.Cancel();

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        try
        {
            do
            {
                if (await LookAsync().ConfigureAwait(false)) _tell();
            }
            while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The backend is disposed.
        }
    }

    private async Task<bool> LookAsync()
    {
        var isLost = false;
        if (_keys.Length == 0 && _connection.IsConnected) ChooseKeys();
        for (var i = 0; i < _keys.Length; i++)
        {
            try
            {
                var mark = await MarkAsync(_keys[i]).ConfigureAwait(false);
                isLost |= _marks[i] is { } before && mark != before;
                _marks[i] = mark;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // Not there now: whether it comes back empty shows the next time.
            }
        }

        return isLost;
    }

    // Before a server is connected, nobody knows whether it is a cluster's. No entry's key has a NUL in it. The braces are a part of the prefix only where the prefix has none itself.
    private void ChooseKeys()
    {
        _keys = _connection.IsCluster
            ? [.. Enumerable.Range(0, MarksOfACluster).Select(i => (RedisKey)$"{{{HashSlot.KeyIn(i * HashSlot.Count / MarksOfACluster)}}}\0{_prefixed.Prefix}mark")]
            : [_prefixed.ToServer("\0mark")];
        _marks = new string?[_keys.Length];
    }

    // The mark that is there, or a new one.
    private async Task<string> MarkAsync(RedisKey key)
    {
        var found = await _connection.CallAsync(database => database.StringGetAsync(key), _end.Token).ConfigureAwait(false);
        if (found.HasValue) return found!;
        var mark = $"mark {Guid.NewGuid():n}";
        if (await _connection.CallAsync(database => database.StringSetAsync(key, mark, expiry: null, When.NotExists), _end.Token).ConfigureAwait(false)) return mark;
        return (await _connection.CallAsync(database => database.StringGetAsync(key), _end.Token).ConfigureAwait(false)).ToString();
    }
}
