using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Cistern;

/// <summary>
/// A glob over keys, the same on every backend: <c>*</c> any run of characters, <c>?</c> one, <c>[abc]</c> and <c>[a-z]</c> one of these,
/// <c>[!x]</c> and <c>[^x]</c> one not of these, <c>\</c> takes the next character as it is. A character is one Unicode scalar; comparison
/// is ordinal. Inside brackets a <c>-</c> at either end stands for itself. Immutable.
/// </summary>
public sealed class KeyPattern
{
    private readonly Token[] _tokens;

    private KeyPattern(string text, Token[] tokens)
    {
        Text = text;
        _tokens = tokens;
        var prefix = new StringBuilder();
        foreach (var token in tokens.TakeWhile(token => token.Kind == TokenKind.Literal)) prefix.Append(token.Scalar.ToString());
        LiteralPrefix = prefix.ToString();
        IsLiteral = tokens.All(token => token.Kind == TokenKind.Literal);
        MatchesEverything = tokens.Length > 0 && tokens.All(token => token.Kind == TokenKind.AnyRun);
    }

    private enum TokenKind
    {
        Literal,
        AnyOne,
        AnyRun,
        OneOf,
        NotOneOf,
    }

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>What every matching key starts with, unescaped; empty when the pattern starts with a wildcard. Lets a backend narrow its scan.</summary>
    public string LiteralPrefix { get; }

    /// <summary>Whether the pattern has no wildcard, so that only the key <see cref="LiteralPrefix"/> matches.</summary>
    public bool IsLiteral { get; }

    /// <summary>Whether every key matches.</summary>
    public bool MatchesEverything { get; }

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <exception cref="ArgumentException">It is malformed; the message says where and why.</exception>
    public static KeyPattern Parse(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return TryParse(pattern, out var parsed, out var reason) ? parsed : throw new ArgumentException(reason, nameof(pattern));
    }

    /// <summary>Reads a pattern; false when it is malformed.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="pattern">What was read.</param>
    /// <param name="reason">Where and why it is malformed.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out KeyPattern? pattern, [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(text);
        pattern = null;
        var tokens = new List<Token>();
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            var isEscaped = text[i] == '\\';
            if (isEscaped && ++i == text.Length) return Malformed(text, start, "an escape with nothing after it", out reason);
            if (!TryReadScalar(text, ref i, out var scalar)) return Malformed(text, start, "a lone surrogate", out reason);
            if (scalar.Value == 0) return Malformed(text, start, "NUL, which no key contains", out reason);
            if (isEscaped)
            {
                tokens.Add(new Token(TokenKind.Literal, scalar));
                continue;
            }

            switch (scalar.Value)
            {
                case '*':
                    if (tokens.Count == 0 || tokens[^1].Kind != TokenKind.AnyRun) tokens.Add(new Token(TokenKind.AnyRun));
                    break;
                case '?':
                    tokens.Add(new Token(TokenKind.AnyOne));
                    break;
                case '[':
                    if (ReadClass(text, ref i, out var token) is { } problem) return Malformed(text, start, problem, out reason);
                    tokens.Add(token);
                    break;
                default:
                    tokens.Add(new Token(TokenKind.Literal, scalar));
                    break;
            }
        }

        pattern = new KeyPattern(text, [.. tokens]);
        reason = null;
        return true;
    }

    /// <summary>Whether a key matches.</summary>
    /// <param name="key">The key.</param>
    public bool IsMatch(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (MatchesEverything) return true;

        // One retry point is enough: a later star makes what an earlier one could still give unnecessary, so the time is at most
        // key length times pattern length, whatever the pattern.
        int position = 0, token = 0, retryToken = -1, retryPosition = 0;
        while (position < key.Length)
        {
            if (token < _tokens.Length && _tokens[token].Kind == TokenKind.AnyRun)
            {
                retryToken = token++;
                retryPosition = position;
                continue;
            }

            Rune.DecodeFromUtf16(key.AsSpan(position), out var scalar, out var length);
            if (token < _tokens.Length && _tokens[token].Accepts(scalar))
            {
                token++;
                position += length;
                continue;
            }

            if (retryToken < 0) return false;
            token = retryToken + 1;
            Rune.DecodeFromUtf16(key.AsSpan(retryPosition), out _, out length);
            position = retryPosition += length;
        }

        while (token < _tokens.Length && _tokens[token].Kind == TokenKind.AnyRun) token++;
        return token == _tokens.Length;
    }

    /// <summary>The pattern as it was written.</summary>
    public override string ToString() => Text;

    /// <summary>Writes a key as a pattern that matches only this key.</summary>
    /// <param name="key">The key.</param>
    public static string Escape(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var escaped = new StringBuilder(key.Length);
        foreach (var character in key)
        {
            if (character is '*' or '?' or '[' or '\\') escaped.Append('\\');
            escaped.Append(character);
        }

        return escaped.ToString();
    }

    private static string? ReadClass(string text, ref int i, out Token token)
    {
        token = default;
        var kind = TokenKind.OneOf;
        if (i < text.Length && text[i] is '!' or '^')
        {
            kind = TokenKind.NotOneOf;
            i++;
        }

        var ranges = new List<(Rune First, Rune Last)>();
        while (i < text.Length && text[i] != ']')
        {
            if (!TryReadMember(text, ref i, out var first)) return "a lone surrogate, a NUL or an unfinished escape in brackets";
            var last = first;
            if (i + 1 < text.Length && text[i] == '-' && text[i + 1] != ']')
            {
                i++;
                if (!TryReadMember(text, ref i, out last)) return "a lone surrogate, a NUL or an unfinished escape in brackets";
                if (last < first) return $"a range that runs backwards, {first}-{last}";
            }

            ranges.Add((first, last));
        }

        if (i == text.Length) return "a bracket that is never closed; write \\[ for the character itself";
        if (ranges.Count == 0) return "empty brackets";
        i++;
        token = new Token(kind, default, [.. ranges]);
        return null;
    }

    private static bool TryReadMember(string text, ref int i, out Rune scalar)
    {
        if (text[i] == '\\') i++;
        return TryReadScalar(text, ref i, out scalar) && scalar.Value != 0;
    }

    private static bool TryReadScalar(string text, ref int i, out Rune scalar)
    {
        if (Rune.DecodeFromUtf16(text.AsSpan(i), out scalar, out var length) != System.Buffers.OperationStatus.Done) return false;
        i += length;
        return true;
    }

    private static bool Malformed(string text, int position, string problem, out string reason)
    {
        reason = $"Malformed pattern: {problem}, at position {position} of {text.Length}.";
        return false;
    }

    private readonly struct Token(TokenKind kind, Rune scalar = default, (Rune First, Rune Last)[]? ranges = null)
    {
        public TokenKind Kind { get; } = kind;

        public Rune Scalar { get; } = scalar;

        public bool Accepts(Rune candidate) => Kind switch
        {
            TokenKind.Literal => candidate == Scalar,
            TokenKind.AnyOne => true,
            TokenKind.OneOf => Contains(candidate),
            TokenKind.NotOneOf => !Contains(candidate),
            _ => false,
        };

        private bool Contains(Rune candidate)
        {
            foreach (var (first, last) in ranges!)
            {
                if (candidate >= first && candidate <= last) return true;
            }

            return false;
        }
    }
}
