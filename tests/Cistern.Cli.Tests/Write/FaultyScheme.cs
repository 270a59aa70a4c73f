using System.Globalization;

namespace Cistern.Cli.Tests;

/// <summary>
/// Addresses of a backend in memory that misbehaves: <c>faulty:?fail-at=N</c> fails every batch that holds record N or a later one,
/// <c>faulty:?closing=true</c> cannot be closed, <c>faulty:?unopened=true</c> cannot be opened.
/// </summary>
internal sealed class FaultyScheme() : BackendScheme("faulty", ["fail-at", "closing", "unopened", "secret"])
{
    /// <summary>The backend opened last.</summary>
    public FaultyBackend? Opened { get; private set; }

    /// <summary>Told of every backend that is opened.</summary>
    public Action<FaultyBackend>? OnOpened { get; set; }

    public override ValueTask<CacheBackend> OpenAsync(BackendAddress address, BackendOpening opening, CancellationToken cancellationToken)
    {
        if (address.FlagOf("unopened")) throw new CacheBackendException("The door is stuck.");
        Opened = new FaultyBackend(int.Parse(address.Options.GetValueOrDefault("fail-at", "2000000000"), CultureInfo.InvariantCulture), address.FlagOf("closing"));
        OnOpened?.Invoke(Opened);
        return new(Opened);
    }
}
