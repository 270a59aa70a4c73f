namespace Cistern.Cli;

/// <summary>Everything a copy can be summed up by, once its target is closed. Immutable.</summary>
/// <param name="Report">What became of the entries that were read.</param>
/// <param name="Vanished">How many entries were gone before they could be read.</param>
/// <param name="Stats">What the target holds; null: it failed to say.</param>
/// <param name="ClosingError">Why the target could not be closed in good order: what it was given last may be lost; null: it could.</param>
/// <param name="Presence">What was to happen where an entry is already.</param>
internal sealed record CopyOutcome(WriteReport Report, long Vanished, CacheStats? Stats, string? ClosingError, CopyPresence Presence)
{
    /// <summary>What the target did.</summary>
    public BackendWriteReport Target => Report.Backends[0];

    /// <summary>What failed first; null: nothing did, but for what the interruption cut off.</summary>
    public string? FirstError => Report.IsCancelled && Target.FirstError is OperationCanceledException ? null : Target.FirstError?.Message;

    /// <summary>Whether everything was read and is there, or something newer, or what was to be kept; and nothing gave way for it.</summary>
    public bool IsComplete =>
        Report is { InputError: null, IsCancelled: false, Rejected: 0 }
        && Target.TooLarge + Target.Failed + Target.Unwritten == 0
        && (Target.Present == 0 || Presence == CopyPresence.Keep)
        && Stats?.Evictions is not > 0
        && ClosingError is null;

    /// <summary>The entries that are not there though they should be, as far as the report lists them.</summary>
    public IEnumerable<UnstoredRecord> Unstored => Target.Unstored.Where(entry => entry.Outcome != SetOutcome.Present || Presence != CopyPresence.Keep);
}
