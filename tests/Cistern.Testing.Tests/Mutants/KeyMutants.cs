namespace Cistern.Tests;

internal sealed class KeysIgnoreCase(Opening opening) : DictionaryBackend(opening)
{
    protected override string NameOf(string key) => key.ToUpperInvariant();
}

internal sealed class KeysAreNormalized(Opening opening) : DictionaryBackend(opening)
{
    protected override string NameOf(string key) => key.Replace("e\u0301", "\u00e9", StringComparison.Ordinal);
}

internal sealed class KeysAreTrimmed(Opening opening) : DictionaryBackend(opening)
{
    protected override string NameOf(string key) => key.Trim();
}

internal sealed class KeysAreCutShort(Opening opening) : DictionaryBackend(opening)
{
    protected override string NameOf(string key) => key.Length > 250 ? key[..250] : key;
}

internal sealed class LineEndsInKeysAreAllTheSame(Opening opening) : DictionaryBackend(opening)
{
    protected override string NameOf(string key) => key.ReplaceLineEndings("\n");
}

internal sealed class QuestionMarkIsAUtf16Unit(Opening opening) : DictionaryBackend(opening)
{
    protected override bool IsMatch(KeyPattern pattern, string key) => pattern.Text.Contains('?') ? base.IsMatch(pattern, Units(key)) : base.IsMatch(pattern, key);

    private static string Units(string key) => string.Concat(key.Select(character => char.IsSurrogate(character) ? '\ufffd' : character));
}

internal sealed class StarStopsAtASlash(Opening opening) : DictionaryBackend(opening)
{
    protected override bool IsMatch(KeyPattern pattern, string key) => base.IsMatch(pattern, key) && (pattern.MatchesEverything || pattern.Text.Count('/') == key.Count('/'));
}

internal sealed class PatternsIgnoreCase(Opening opening) : DictionaryBackend(opening)
{
    protected override bool IsMatch(KeyPattern pattern, string key) => base.IsMatch(pattern, key) || base.IsMatch(pattern, key.ToLowerInvariant());
}

internal sealed class ListsByThePrefixAlone(Opening opening) : DictionaryBackend(opening)
{
    protected override bool IsMatch(KeyPattern pattern, string key) => key.StartsWith(pattern.LiteralPrefix, StringComparison.Ordinal);
}
