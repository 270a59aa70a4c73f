namespace Cistern;

/// <summary>What a write does when a backend fails.</summary>
public enum WriteFailureHandling
{
    /// <summary>Counts what failed, and goes on: with the next batch on this backend, and on the others as if nothing had happened.</summary>
    Continue,

    /// <summary>Begins nothing more on any backend. What is in flight on the others is waited for; what was not begun is counted as unwritten.</summary>
    StopAtFirstFailure,
}
