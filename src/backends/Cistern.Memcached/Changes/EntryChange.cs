using System.Diagnostics.CodeAnalysis;

namespace Cistern;

/// <summary>A change that depends on what is there: decided anew whenever somebody else was faster. Immutable.</summary>
/// <param name="target">What it is made to.</param>
/// <typeparam name="TOutcome">What callers are told.</typeparam>
internal abstract class EntryChange<TOutcome>(KeyTarget target)
{
    /// <summary>What it is made to.</summary>
    public KeyTarget Target { get; } = target;

    /// <summary>Whether it begins by hoping that nothing is there, which saves a round trip if so.</summary>
    public virtual bool ExpectsNothing => false;

    /// <summary>How much of what is there it needs.</summary>
    public virtual ReadDepth Depth => ReadDepth.Header;

    /// <summary>Over which connection it goes when it is made alone.</summary>
    public virtual ConnectionUse Use => ConnectionUse.Call;

    /// <summary>Whether it is refused whatever is there, as the server could not hold it: the server itself would throw away what is there.</summary>
    /// <param name="command">How entries are written there.</param>
    /// <param name="outcome">What its caller is told then.</param>
    public virtual bool IsRefused(StoreCommand command, [MaybeNullWhen(false)] out TOutcome outcome)
    {
        outcome = default;
        return false;
    }

    /// <summary>Decides what to do.</summary>
    /// <param name="held">What is there.</param>
    /// <param name="now">Now, in milliseconds since 1970.</param>
    public abstract ChangeStep<TOutcome> Decide(in HeldEntry held, long now);
}
