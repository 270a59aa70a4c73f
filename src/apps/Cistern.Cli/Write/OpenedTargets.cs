namespace Cistern.Cli;

/// <summary>The backends of one write, open.</summary>
internal sealed class OpenedTargets : IAsyncDisposable
{
    private readonly List<WriteTarget> _targets = [];
    private readonly Dictionary<string, string> _closingErrors = [];

    public IReadOnlyList<WriteTarget> Targets => _targets;

    /// <summary>Why a backend could not be closed in good order, by its name: what it was given last may be lost.</summary>
    public IReadOnlyDictionary<string, string> ClosingErrors => _closingErrors;

    /// <summary>What each backend holds, in order; null for one that fails to say.</summary>
    public async ValueTask<IReadOnlyList<CacheStats?>> GetStatsAsync()
    {
        var stats = new List<CacheStats?>();
        foreach (var target in _targets)
        {
            try { stats.Add(await target.Backend.GetStatsAsync().ConfigureAwait(false)); }
            catch (CacheBackendException) { stats.Add(null); }
        }

        return stats;
    }

    /// <summary>Opens all, or none.</summary>
    /// <exception cref="BadInputException">One cannot be opened.</exception>
    public static async ValueTask<OpenedTargets> OpenAsync(IReadOnlyList<BackendChoice> choices, Surroundings surroundings, CancellationToken cancellationToken)
    {
        var opened = new OpenedTargets();
        try
        {
            foreach (var choice in choices)
            {
                opened._targets.Add(new WriteTarget(choice.Shown, await OpenAsync(choice, surroundings, cancellationToken).ConfigureAwait(false)));
            }

            return opened;
        }
        catch
        {
            await opened.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Closes all: what is pending is flushed. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var target in _targets)
        {
            try { await target.Backend.DisposeAsync().ConfigureAwait(false); }
            catch (CacheBackendException error) { _closingErrors[target.Name] = error.Message; }
        }
    }

    private static ValueTask<CacheBackend> OpenAsync(BackendChoice choice, Surroundings surroundings, CancellationToken cancellationToken) => choice.IsPlainMemory
        ? new(new InMemoryBackend(new InMemoryBackendOptions { IsUnbounded = true, TimeProvider = surroundings.TimeProvider }))
        : AddressOpener.OpenAsync(choice.Address, choice.Where, surroundings.Schemes, choice.OpeningIn(surroundings), cancellationToken);
}
