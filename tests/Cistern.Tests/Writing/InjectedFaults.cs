namespace Cistern.Tests.Writing;

/// <summary>Plays one of the ways in which a backend can fail with every batch, the same for the same seed.</summary>
internal sealed class InjectedFaults(int seed, CancellationTokenSource cancellation)
{
    private readonly Random _random = new(seed);

    /// <summary>Whether a batch may hang until the write is cancelled, which it then is.</summary>
    public bool MayHang { get; init; }

    public async ValueTask<IReadOnlyList<SetOutcome>> PlayAsync(HookedBackend backend, IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken)
    {
        if (_random.Next(2) == 0) await Task.Yield();
        switch (_random.Next(12))
        {
            case 0:
                throw new IOException("before anything");
            case 1:
                await backend.StoreAsync(drafts);
                throw new IOException("after everything");
            case 2:
                await backend.StoreAsync(drafts.Take(drafts.Count / 2));
                throw new TimeoutException("half-way");
            case 3:
                await backend.StoreAsync(drafts.Where((_, i) => i % 2 == 1));
                return [.. drafts.Select((_, i) => i % 2 == 1 ? SetOutcome.Stored : SetOutcome.TooLarge)];
            case 4:
                return [];
            case 5:
                throw new OperationCanceledException("a timeout of its own");
            case 6 when MayHang:
                await cancellation.CancelAsync();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                return [];
            default:
                return await backend.StoreAsync(drafts);
        }
    }
}
