using System.Buffers;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Cistern;

/// <summary>
/// Entries in Redis, Valkey or a cluster of them, shared by all processes that use the same servers and prefix. Each entry is one key: its value with all that belongs to it. Safe for
/// concurrent use.
/// </summary>
/// <remarks>
/// What is decided by what is there (conditions, versions, touch) is decided by a script on the server. A batch is one entry after another, each with its own outcome. See docs/guide/redis.md.
/// </remarks>
public sealed class RedisBackend : CacheBackend
{
    // So many keys by one script: it holds the server up for as long as all of them take.
    private const int ScriptKeys = 32;

    private readonly RedisBackendOptions _options;
    private readonly RedisConnection _connection;
    private readonly RedisKeys _keys;
    private readonly KeyListing _listing;
    private readonly RespPool? _bulkConnections;
    private readonly DraftSets _sets;
    private readonly Func<long> _clock;
    private EmptyWatch? _watch;

    private RedisBackend(RedisConnection connection, RespSettings? bulk, RedisBackendOptions options) : base(options.Name, options.TimeProvider)
    {
        _options = options;
        _connection = connection;
        _keys = new RedisKeys(options.Prefix);
        var survey = new ClusterSurvey(connection);
        _listing = new KeyListing(connection, survey, _keys);
        _bulkConnections = bulk is null ? null : new RespPool(bulk);
        _sets = new DraftSets(connection, _keys, _bulkConnections is null ? null : new BulkWriter(connection, survey, _bulkConnections, options), options);
        _clock = () => NowMilliseconds;
        Capabilities = new BackendCapabilities
        {
            IsPersistent = true,
            IsShared = true,
            KeysMayRepeat = true,
            NoticesEmptied = true,
            BatchAtomicity = BatchAtomicity.Entry,
            VersionRetention = VersionRetention.UntilEvicted,
            MaxValueBytes = options.MaxValueBytes,
        };
    }

    /// <inheritdoc/>
    public override BackendCapabilities Capabilities { get; }

    /// <summary>Connects to a server or a cluster. The connection ends with the backend.</summary>
    /// <param name="configuration">Where the servers are and how to reach them; copied.</param>
    /// <param name="options">Prefix, limits and clock. Null: the defaults.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    /// <exception cref="CacheBackendException">No server can be reached, or it refuses the password.</exception>
    public static async ValueTask<RedisBackend> OpenAsync(ConfigurationOptions configuration, RedisBackendOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var checkedOptions = (options ?? new RedisBackendOptions()).Check();
        var settings = configuration.Clone();
        var multiplexer = await MultiplexerStart.ConnectAsync(settings, checkedOptions, cancellationToken).ConfigureAwait(false);
        var connection = new RedisConnection(multiplexer, () => MultiplexerStart.ConnectAgainAsync(settings, checkedOptions), checkedOptions);
        return new RedisBackend(connection, RespSettings.Of(configuration, checkedOptions), checkedOptions);
    }

    /// <summary>Uses a connection that an application has already. It stays the application's, and open.</summary>
    /// <param name="multiplexer">The connection.</param>
    /// <param name="options">Prefix, limits and clock. Null: the defaults.</param>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public static RedisBackend Over(IConnectionMultiplexer multiplexer, RedisBackendOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(multiplexer);
        var checkedOptions = (options ?? new RedisBackendOptions()).Check();
        return new RedisBackend(new RedisConnection(multiplexer, renew: null, checkedOptions), RespSettings.Of(multiplexer, checkedOptions), checkedOptions);
    }

    /// <summary>
    /// Creates a channel by which the processes that use the same servers, database and prefix tell each other what they changed, for the <see cref="TieredBackendOptions.Invalidation"/> of tiers over this backend. It uses
    /// the backend's connection, and a key of its own that counts the messages; the backend must outlive it.
    /// </summary>
    public IInvalidationChannel CreateInvalidationChannel()
    {
        ThrowIfDisposed();
        return new RedisInvalidationChannel(_connection, _keys, _options);
    }

    /// <inheritdoc/>
    protected override async ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken) =>
        await ReadAsync(key, cancellationToken).ConfigureAwait(false) is { } envelope ? envelope.Value.ToArray() : null;

    /// <inheritdoc/>
    protected override async ValueTask<bool> TryGetCoreAsync(string key, IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        if (await ReadAsync(key, cancellationToken).ConfigureAwait(false) is not { } envelope) return false;
        destination.Write(envelope.Value.Span);
        return true;
    }

    /// <inheritdoc/>
    protected override async ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken) =>
        (await ReadAsync(key, cancellationToken).ConfigureAwait(false))?.ToEntry(key);

    /// <inheritdoc/>
    protected override async ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken)
    {
        var head = await _connection.ReadAsync(database => database.StringGetRangeAsync(_keys.ToServer(key), 0, EnvelopeHead.MostBytes - 1), cancellationToken).ConfigureAwait(false);
        return EnvelopeHead.TryRead((byte[]?)head, out var read) && read.IsLive(NowMilliseconds);
    }

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlyDictionary<string, byte[]>> GetManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        await FindAsync(keys, static (_, envelope) => envelope.Value.ToArray(), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlyDictionary<string, CacheEntry>> LookUpEntriesCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        await FindAsync(keys, static (key, envelope) => envelope.ToEntry(key), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlySet<string>> ExistsManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var present = new HashSet<string>();
        foreach (var part in keys.Chunk(BatchReads.Keys))
        {
            var exists = await Task.WhenAll(part.Select(key => ExistsCoreAsync(key, cancellationToken).AsTask())).ConfigureAwait(false);
            for (var i = 0; i < part.Length; i++)
            {
                if (exists[i]) present.Add(part[i]);
            }
        }

        return present;
    }

    /// <inheritdoc/>
    protected override ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken) => _sets.SetAsync(draft, cancellationToken);

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken) =>
        await _sets.SetManyAsync(drafts, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override async ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken)
    {
        RedisValue[] arguments = [ScriptNow(), EnvelopeHead.TimeText(expiresAtMilliseconds), EnvelopeHead.ForScripts(expiresAtMilliseconds), _options.GraceMilliseconds];
        return await RunAsync(RedisScript.Touch, key, arguments, cancellationToken).ConfigureAwait(false) != 0;
    }

    /// <inheritdoc/>
    protected override async ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken)
    {
        if (version is not { } deleted) return await RunAsync(RedisScript.Delete, key, [ScriptNow()], cancellationToken).ConfigureAwait(false) != 0;
        var now = NowMilliseconds;
        var tombstone = Envelope.OfTombstone(deleted, now, now + _options.TombstoneMilliseconds);
        RedisValue[] arguments = [EnvelopeHead.ForScripts(now), EnvelopeHead.VersionBytes(deleted), tombstone, _options.TombstoneMilliseconds + _options.GraceMilliseconds];
        return await RunAsync(RedisScript.DeleteVersion, key, arguments, cancellationToken).ConfigureAwait(false) != 0;
    }

    /// <inheritdoc/>
    protected override async ValueTask<long> DeleteManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        await RunOverAsync(RedisScript.Delete, keys, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override async ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken)
    {
        var cleared = 0L;
        await foreach (var page in _listing.ReadAsync("", _clock, withOver: true, cancellationToken).ConfigureAwait(false))
        {
            cleared += await RunOverAsync(RedisScript.Clear, page, cancellationToken).ConfigureAwait(false);
        }

        return cleared;
    }

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in _listing.ReadAsync(pattern.LiteralPrefix, _clock, withOver: false, cancellationToken).ConfigureAwait(false))
        {
            foreach (var key in page)
            {
                if (pattern.IsMatch(key)) yield return key;
            }
        }
    }

    // A server knows how many keys it has, not whose they are, and counting would be a listing.
    /// <inheritdoc/>
    protected override ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    protected override void WatchEmptied() => _watch = new EmptyWatch(_connection, _keys, TellEmptied);

    /// <inheritdoc/>
    protected override void UnwatchEmptied() => _watch?.Dispose();

    /// <inheritdoc/>
    protected override void DisposeCore()
    {
        _bulkConnections?.Dispose();
        _connection.Dispose();
    }

    private RedisValue ScriptNow() => EnvelopeHead.ForScripts(NowMilliseconds);

    private async Task<Envelope?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        var bytes = await _connection.ReadAsync(database => database.StringGetAsync(_keys.ToServer(key)), cancellationToken).ConfigureAwait(false);
        return Envelope.TryRead((byte[]?)bytes, out var envelope) && envelope.Head.IsLive(NowMilliseconds) ? envelope : null;
    }

    private async Task<Dictionary<string, T>> FindAsync<T>(IReadOnlyCollection<string> keys, Func<string, Envelope, T?> select, CancellationToken cancellationToken) where T : class
    {
        var found = new Dictionary<string, T>(keys.Count);
        foreach (var part in keys.Chunk(BatchReads.Keys))
        {
            var answers = await BatchReads.GetAsync(_connection, Array.ConvertAll(part, _keys.ToServer), cancellationToken).ConfigureAwait(false);
            var now = NowMilliseconds;
            for (var i = 0; i < part.Length; i++)
            {
                if (Envelope.TryRead((byte[]?)answers[i], out var envelope) && envelope.Head.IsLive(now) && select(part[i], envelope) is { } selected) found.Add(part[i], selected);
            }
        }

        return found;
    }

    private async Task<long> RunAsync(RedisScript script, string key, RedisValue[] arguments, CancellationToken cancellationToken) =>
        (long)await _connection.RunAsync(script, [_keys.ToServer(key)], arguments, cancellationToken).ConfigureAwait(false);

    // Some keys at once, many times at once. In a cluster each key for itself: nearly every one is in a slot of its own.
    private async Task<long> RunOverAsync(RedisScript script, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var sum = 0L;
        var keysOfOne = _connection.IsCluster ? 1 : ScriptKeys;
        foreach (var part in keys.Select(_keys.ToServer).Chunk(keysOfOne).Chunk(BatchReads.Keys / keysOfOne))
        {
            RedisValue[] arguments = [ScriptNow()];
            var answers = await Task.WhenAll(part.Select(some => _connection.RunAsync(script, some, arguments, cancellationToken))).ConfigureAwait(false);
            sum += answers.Sum(answer => (long)answer);
        }

        return sum;
    }
}
