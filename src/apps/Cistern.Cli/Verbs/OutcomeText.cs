namespace Cistern.Cli;

/// <summary>Why a value was not stored, in words; <see cref="OutcomeName"/> has the names.</summary>
internal static class OutcomeText
{
    /// <summary>Why a set was refused.</summary>
    public static string Explain(SetOutcome outcome) => outcome switch
    {
        SetOutcome.TooLarge => "larger than the backend allows",
        SetOutcome.Present => "a live entry is there",
        SetOutcome.Superseded => "a newer version is there, or was deleted",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
