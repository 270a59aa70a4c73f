namespace Cistern.Cli;

/// <summary>Opens the backend that the settings name; what cannot be opened is told as bad input.</summary>
/// <param name="settings">The settings.</param>
/// <param name="where">Where the address was written, for errors.</param>
/// <param name="surroundings">The known schemes.</param>
/// <param name="baseFolder">Where a relative path in the address begins; null: the current folder.</param>
internal sealed class BackendOpener(BackfillSettings settings, string where, Surroundings surroundings, string? baseFolder)
{
    private BackendOpening Opening => surroundings.Opening(isReadOnly: false) with { BaseFolder = baseFolder };

    /// <summary>The files that it will have for itself.</summary>
    /// <exception cref="BadInputException">The address names nothing that can be opened.</exception>
    public IReadOnlyList<string> FindFiles() => AddressOpener.FindFiles(settings.Backend, where, surroundings.Schemes, Opening);

    /// <summary>Opens it.</summary>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="BadInputException">It cannot be opened.</exception>
    public async ValueTask<OpenedBackend> OpenAsync(CancellationToken cancellationToken)
    {
        var address = settings.Backend;
        try
        {
            var scheme = surroundings.Schemes.Find(address);
            if (scheme == MemoryScheme.Instance) return OpenMemory();
            if (settings.Capacity is not null) throw OnlyMemory("capacity", scheme);
            if (settings.Eviction is not null) throw OnlyMemory("eviction", scheme);
            var backend = await scheme.OpenAsync(address, Opening, cancellationToken).ConfigureAwait(false);
            return new OpenedBackend(backend, backend.Capabilities.Capacity, Eviction: null);
        }
        catch (Exception error) when (error is FormatException or CacheBackendException)
        {
            throw new BadInputException($"{where}: {error.Message}", error);
        }
    }

    // By itself: here memory without bounds keeps everything and evicts the oldest added first, and settings can be given beside the address.
    private OpenedBackend OpenMemory()
    {
        var address = settings.Backend;
        if (settings.Capacity is not null && address.Options.ContainsKey("capacity")) throw Twice("capacity");
        if (settings.Eviction is not null && address.Options.ContainsKey("eviction")) throw Twice("eviction");
        var options = MemoryScheme.OptionsOf(address);
        options = options with
        {
            Capacity = options.Capacity ?? settings.Capacity,
            Eviction = address.Options.ContainsKey("eviction") ? options.Eviction : settings.Eviction ?? EvictionMode.OldestAdded,
        };
        var backend = new InMemoryBackend(options with { IsUnbounded = options is { Capacity: null, MaxSizeBytes: null, MaxMemoryBytes: null } });
        return new OpenedBackend(backend, options.Capacity, options.Eviction);
    }

    private BadInputException OnlyMemory(string name, BackendScheme scheme)
    {
        var has = scheme.Options.Count == 0 ? "" : $", which may have {string.Join(", ", scheme.Options)}";
        return new BadInputException($"{where}: {name} is a setting of memory: alone; the options of {scheme.Name}: follow a question mark in its address{has}");
    }

    private BadInputException Twice(string name) => new($"{where}: {name} is given both in the address and as a setting; give it once");
}
