namespace Cistern.Cli;

/// <summary>The policies that somebody chose.</summary>
internal static class PolicyChoice
{
    /// <summary>Reads the names of policies, as addresses of memory have them.</summary>
    /// <param name="texts">Each some of them, between commas; none: all there are.</param>
    /// <returns>Each once, in the order given.</returns>
    /// <exception cref="BadInputException">One is no policy.</exception>
    public static IReadOnlyList<EvictionMode> Parse(IReadOnlyList<string> texts) =>
        texts.Count == 0 ? EvictionModeText.All : [.. texts.SelectMany(text => text.Split(',')).Select(Parse).Distinct()];

    private static EvictionMode Parse(string text)
    {
        if (EvictionModeText.Parse(text) is { } policy) return policy;
        var hint = NearestWord.Find(text, EvictionModeText.All.Select(EvictionModeText.Format)) is { } near ? $"; did you mean '{near}'?" : "";
        throw new BadInputException($"--policy: must be {EvictionModeText.Allowed}; found '{text}'{hint}");
    }
}
