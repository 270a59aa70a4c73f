namespace Cistern.Cli.Tests;

/// <summary>Addresses such as <c>kept:a</c>: memory that outlives each opening, so that one run of a verb sees what another did.</summary>
internal sealed class KeptScheme(TimeProvider clock) : BackendScheme("kept", ["mode", "password"]), IVerifiableScheme, IDisposable
{
    private readonly Dictionary<string, InMemoryBackend> _kept = [];

    /// <summary>How each opening was asked for, in order.</summary>
    public List<BackendOpening> Openings { get; } = [];

    /// <summary>What a check finds.</summary>
    public List<BackendFinding> Findings { get; } = [];

    /// <summary>The backend behind an address.</summary>
    public InMemoryBackend this[string name]
    {
        get
        {
            if (!_kept.TryGetValue(name, out var backend)) _kept.Add(name, backend = new InMemoryBackend(new InMemoryBackendOptions { TimeProvider = clock, MaxValueBytes = 1 << 20 }));
            return backend;
        }
    }

    /// <summary>What backends of a name throw; of no other.</summary>
    public Dictionary<string, Exception> Faults { get; } = [];

    /// <summary>What backends of a name throw when they are closed.</summary>
    public Dictionary<string, Exception> ClosingFaults { get; } = [];

    /// <summary>What is called before each entry is read, with its key.</summary>
    public Action<string>? BeforeGetEntry { get; set; }

    /// <summary>What is called before each value is stored.</summary>
    public Action? BeforeSet { get; set; }

    public override ValueTask<CacheBackend> OpenAsync(BackendAddress address, BackendOpening opening, CancellationToken cancellationToken)
    {
        if (address.Location.Length == 0) throw new FormatException("kept: must name one, as in kept:a");
        Openings.Add(opening);
        return new(new KeptBackend(this[address.Location], () => Faults.GetValueOrDefault(address.Location), this, ClosingFaults.GetValueOrDefault(address.Location), clock));
    }

    public async ValueTask<BackendVerification> VerifyAsync(BackendAddress address, BackendOpening opening, CancellationToken cancellationToken = default)
    {
        if (address.Location.Length == 0) throw new FormatException("kept: must name one, as in kept:a");
        if (Faults.TryGetValue(address.Location, out var fault)) throw new CacheBackendException("cannot be read", fault);
        return new BackendVerification { Entries = (await this[address.Location].GetStatsAsync(cancellationToken)).CurrentEntries ?? 0, Findings = Findings };
    }

    public void Dispose()
    {
        foreach (var backend in _kept.Values) backend.Dispose();
    }
}
