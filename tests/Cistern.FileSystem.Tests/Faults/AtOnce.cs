namespace Cistern.Tests;

/// <summary>Compactions in the caller's own time, so that the n-th call to the system is the same in every run.</summary>
internal static class AtOnce
{
    public static Task Run(Action compaction)
    {
        compaction();
        return Task.CompletedTask;
    }
}
