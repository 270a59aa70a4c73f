namespace Cistern;

/// <summary>What a store takes from outside, so that a test can fail its calls, and see a compaction happen at a moment of its own.</summary>
internal sealed record StoreEnvironment
{
    public static StoreEnvironment Default { get; } = new();

    public IFileCalls Calls { get; init; } = SystemFileCalls.Instance;

    /// <summary>Lets a writer in another process go on between two readings of its files.</summary>
    public Action Pause { get; init; } = static () => Thread.Yield();

    /// <summary>Runs a compaction, in the background.</summary>
    public Func<Action, Task> Start { get; init; } = Task.Run;
}
