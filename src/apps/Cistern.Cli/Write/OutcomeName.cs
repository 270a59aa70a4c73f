namespace Cistern.Cli;

/// <summary>The outcomes of a set as summaries and people read them.</summary>
internal static class OutcomeName
{
    public static string Of(SetOutcome? outcome) => outcome switch
    {
        SetOutcome.Stored => "stored",
        SetOutcome.TooLarge => "too_large",
        SetOutcome.Present => "present",
        SetOutcome.Superseded => "superseded",
        SetOutcome.AlreadyCurrent => "already_current",
        _ => "failed",
    };
}
