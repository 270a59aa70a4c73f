namespace Cistern;

/// <summary>Who waits for an automatic backfill.</summary>
public enum BackfillMode
{
    /// <summary>The lookup that caused it waits until it is done, then reads its own key. Deterministic; the runner's mode.</summary>
    Inline,

    /// <summary>Nobody: the lookup that caused it reads its own key at once. For services.</summary>
    Background,
}
