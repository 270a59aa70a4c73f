namespace Cistern;

/// <summary>
/// Entries in one or several memcached servers, version 1.6.10 or newer: shared by every process that reaches them, until a server evicts them or ends.
/// Safe for concurrent use.
/// </summary>
/// <remarks>
/// Each key has one server. When that one is away, calls for its keys are faults, and the others go on: no key moves to another server. A batch is no
/// transaction. Listing and clearing need servers that list their keys; where one does not, they are faults. See docs/guide/memcached.md.
/// </remarks>
public sealed class MemcachedBackend : CacheBackend
{
    // What an item has besides a value: its name, its envelope without metadata, the server's own header.
    private const int ItemRoom = 512;

    private readonly ServerCalls _calls;
    private readonly EntryReads _reads;
    private readonly EntryChanges _changes;
    private readonly EntryListing _listing;
    private readonly MemcachedBackendOptions _options;
    private BackendCapabilities _capabilities = new();
    private EntrySets? _sets;
    private long _restarts;

    private MemcachedBackend(IReadOnlyList<ServerAddress> servers, MemcachedBackendOptions options) : base(options.Name, options.TimeProvider)
    {
        _options = options;
        _calls = new ServerCalls(servers, options, _ => NoticeRestart());
        _reads = new EntryReads(_calls);
        _changes = new EntryChanges(_calls, _reads, () => NowMilliseconds);
        _listing = new EntryListing(_calls, _reads, _changes, () => NowMilliseconds);
    }

    /// <inheritdoc/>
    public override BackendCapabilities Capabilities => _capabilities;

    /// <summary>How often a server was found to have been started anew, and so to be empty, since the backend was opened. Found at the first call after it, when <see cref="CacheBackend.Emptied"/> is raised, too.</summary>
    public long ServerRestarts => Interlocked.Read(ref _restarts);

    /// <summary>Opens servers. One of them at least must answer; another one that is away is a fault of its own keys, until it is back.</summary>
    /// <param name="servers">
    /// Each as <c>host:port</c>, or <c>host</c> for port 11211; IPv6 in brackets. Their names, as they are written, decide which keys each has: every client
    /// must name them the same way. Their order does not matter.
    /// </param>
    /// <param name="options">Names, times and clock. Null: the defaults.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The backend; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">There is no server, one is named twice, or one is no <c>host:port</c>; or the prefix is not allowed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="CacheBackendException">No server answers, or what answers is no memcached server that can be used.</exception>
    public static async ValueTask<MemcachedBackend> OpenAsync(IEnumerable<string> servers, MemcachedBackendOptions? options = null, CancellationToken cancellationToken = default)
    {
        var addresses = ServerList.Read(servers);
        var backend = new MemcachedBackend(addresses, (options ?? new MemcachedBackendOptions()).Check());
        try
        {
            await backend.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return backend;
        }
        catch (MemcachedFaultException fault)
        {
            await backend.DisposeAsync().ConfigureAwait(false);
            throw new CacheBackendException($"{backend.Name}: opening failed: {fault.Message}", fault);
        }
        catch
        {
            await backend.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken)
    {
        var held = await _reads.ReadAsync(key, ReadDepth.Value, refreshes: true, cancellationToken).ConfigureAwait(false);
        return held.IsLive(NowMilliseconds) ? held.Value : null;
    }

    /// <inheritdoc/>
    protected override async ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken)
    {
        var held = await _reads.ReadAsync(key, ReadDepth.Whole, refreshes: false, cancellationToken).ConfigureAwait(false);
        return held.IsLive(NowMilliseconds) ? held.ToEntry() : null;
    }

    // Whatever is there that is no live entry, or the empty item that the server puts where nothing is: the number of its last change is the lease, as every set and delete leaves another one.
    /// <inheritdoc/>
    protected override async ValueTask<FillLease> LeaseCoreAsync(string key, CancellationToken cancellationToken)
    {
        var held = await _reads.LeaseAsync(key, cancellationToken).ConfigureAwait(false);
        return held.IsLive(NowMilliseconds) ? default : new FillLease(held.Cas);
    }

    /// <inheritdoc/>
    protected override async ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken)
    {
        var held = await _reads.ReadAsync(key, ReadDepth.Header, refreshes: false, cancellationToken).ConfigureAwait(false);
        return held.IsLive(NowMilliseconds);
    }

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlyDictionary<string, byte[]>> GetManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(keys.Count);
        await _reads.ReadManyAsync(keys, ReadDepth.Value, refreshes: true, Add, cancellationToken).ConfigureAwait(false);
        return found;

        void Add(HeldEntry held)
        {
            if (held.IsLive(NowMilliseconds)) found.Add(held.Key!, held.Value!);
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlyDictionary<string, CacheEntry>> LookUpEntriesCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, CacheEntry>(keys.Count);
        await _reads.ReadManyAsync(keys, ReadDepth.Whole, refreshes: true, Add, cancellationToken).ConfigureAwait(false);
        return found;

        void Add(HeldEntry held)
        {
            if (held.IsLive(NowMilliseconds)) found.Add(held.Key!, held.ToEntry());
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlySet<string>> ExistsManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var present = new HashSet<string>();
        await _reads.ReadManyAsync(keys, ReadDepth.Header, refreshes: false, Add, cancellationToken).ConfigureAwait(false);
        return present;

        void Add(HeldEntry held)
        {
            if (held.IsLive(NowMilliseconds)) present.Add(held.Key!);
        }
    }

    /// <inheritdoc/>
    protected override ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken) => _sets!.SetAsync(draft, cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken) => _sets!.SetManyAsync(drafts, cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken) =>
        _changes.RunAsync(new TouchChange(Target(key), expiresAtMilliseconds), cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken) => _changes.RunAsync<bool>(
        version is { } deleted ? new VersionedDeleteChange(Target(key), deleted, _options.TombstoneMilliseconds) : new DeleteChange(Target(key)),
        cancellationToken);

    /// <inheritdoc/>
    protected override async ValueTask<long> DeleteManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var outcomes = await _changes.RunManyAsync<bool>([.. keys.Select(key => new DeleteChange(Target(key)))], cancellationToken).ConfigureAwait(false);
        return outcomes.Count(wasLive => wasLive);
    }

    /// <inheritdoc/>
    protected override ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken) => _listing.ClearAsync(cancellationToken);

    /// <inheritdoc/>
    protected override IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, CancellationToken cancellationToken) => _listing.KeysAsync(pattern, cancellationToken);

    /// <summary>Nothing: a server does not know which of its items are this backend's.</summary>
    protected override ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    protected override void DisposeCore() => _calls.Dispose();

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var deadline = _calls.Deadline();
        var faults = await Task.WhenAll(_calls.Nodes.Select(node => TryConnectAsync(node, deadline, cancellationToken))).ConfigureAwait(false);

        // What is away may come back; what is no memcached server is a mistake.
        if (faults.FirstOrDefault(fault => fault is { IsMistake: true }) is { } mistake) throw mistake;
        if (faults.All(fault => fault is not null)) throw faults[0]!;
        var largestItem = _calls.Nodes.Min(node => node.Facts?.LargestItem) ?? 0;
        _capabilities = new BackendCapabilities
        {
            // Entries outlive this process, though not their server's.
            IsPersistent = true,
            IsShared = true,
            NoticesEmptied = true,
            GivesLeases = true,
            BatchAtomicity = BatchAtomicity.Entry,
            ListsKeys = _calls.Nodes.All(node => node.Facts is null or { ListsKeys: true }),
            VersionRetention = VersionRetention.UntilEvicted,
            MaxValueBytes = Math.Max(1, largestItem - ItemRoom),
        };
        _sets = new EntrySets(_calls.Names, new EntryStores(_calls), _changes, _capabilities.MaxValueBytes.Value);
    }

    private static async Task<MemcachedFaultException?> TryConnectAsync(ServerNode node, long deadline, CancellationToken cancellationToken)
    {
        try
        {
            await node.ConnectAsync(ConnectionUse.Call, deadline, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (MemcachedFaultException fault)
        {
            return fault;
        }
    }

    private KeyTarget Target(string key) => new(_calls.Names.NameOf(key), key);

    private void NoticeRestart()
    {
        Interlocked.Increment(ref _restarts);

        // Not by the one that connects: whoever waits for that connection would wait for the handlers, too.
        ThreadPool.UnsafeQueueUserWorkItem(static backend => backend.TellEmptied(), this, preferLocal: false);
    }
}
