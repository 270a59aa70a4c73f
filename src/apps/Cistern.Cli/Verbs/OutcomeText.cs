namespace Cistern.Cli;

/// <summary>Outcomes of a set in words.</summary>
internal static class OutcomeText
{
    /// <summary>The name in JSON.</summary>
    public static string Name(SetOutcome outcome) => outcome switch
    {
        SetOutcome.Stored => "stored",
        SetOutcome.TooLarge => "too_large",
        SetOutcome.Present => "present",
        SetOutcome.Superseded => "superseded",
        SetOutcome.AlreadyCurrent => "already_current",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    /// <summary>Why a set was refused.</summary>
    public static string Explain(SetOutcome outcome) => outcome switch
    {
        SetOutcome.TooLarge => "larger than the backend allows",
        SetOutcome.Present => "a live entry is there",
        SetOutcome.Superseded => "a newer version is there, or was deleted",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
