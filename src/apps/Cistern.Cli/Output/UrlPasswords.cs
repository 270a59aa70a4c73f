namespace Cistern.Cli;

/// <summary>Hides passwords in text for people: an address may be given, and repeated in an error, where a file or a key was asked for.</summary>
internal static class UrlPasswords
{
    private const string Hidden = "***";
    private const string Authority = "://";

    /// <summary>A text in which no URL has a password: what is between the first colon behind <c>://</c> and the last @ of the same word.</summary>
    public static string Hide(string text)
    {
        var from = 0;
        while (text.IndexOf(Authority, from, StringComparison.Ordinal) is >= 0 and var authority)
        {
            from = authority + Authority.Length;
            var word = text.AsSpan(from);
            var end = word.IndexOfAny(" \t\r\n\"");
            if (end >= 0) word = word[..end];
            var (colon, at) = (word.IndexOf(':'), word.LastIndexOf('@'));
            if (colon < 0 || colon > at) continue;
            text = $"{text[..(from + colon + 1)]}{Hidden}{text[(from + at)..]}";
        }

        return text;
    }
}
