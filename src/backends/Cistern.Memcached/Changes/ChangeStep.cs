namespace Cistern;

/// <summary>What a change does with what is there, and what its caller is told if nobody else was faster.</summary>
/// <typeparam name="TOutcome">What callers are told.</typeparam>
internal readonly struct ChangeStep<TOutcome>
{
    private ChangeStep(ChangeKind kind, TOutcome outcome)
    {
        Kind = kind;
        Outcome = outcome;
    }

    public ChangeKind Kind { get; }

    public TOutcome Outcome { get; }

    /// <summary>What is stored.</summary>
    public EntryDraft Draft { get; private init; }

    /// <summary>Whether it is a tombstone.</summary>
    public bool IsTombstone { get; private init; }

    public static ChangeStep<TOutcome> Leave(TOutcome outcome) => new(ChangeKind.Leave, outcome);

    public static ChangeStep<TOutcome> Remove(TOutcome outcome) => new(ChangeKind.Remove, outcome);

    public static ChangeStep<TOutcome> Store(in EntryDraft draft, TOutcome outcome, bool isTombstone = false) =>
        new(ChangeKind.Store, outcome) { Draft = draft, IsTombstone = isTombstone };
}
