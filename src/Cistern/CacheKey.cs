using System.Text;

namespace Cistern;

/// <summary>The rules of a key: no NUL, no lone surrogate, at most 64 KiB of UTF-8. Everything else is legal on every backend.</summary>
public static class CacheKey
{
    /// <summary>The most bytes of UTF-8 a key may have.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxBytesPerChar = 3;

    internal static void Validate(string key, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(key, parameterName);
        if (Explain(key) is { } reason) throw new ArgumentException(reason, parameterName);
    }

    /// <summary>Says in a sentence why a key is not allowed; null when it is.</summary>
    /// <param name="key">The key; it does not appear in the sentence.</param>
    public static string? Explain(string key)
    {
        ArgumentNullException.ThrowIfNull(key);

        // Nearly every key ends here: no character outside U+0001..U+D7FF, and too short to reach the limit.
        if (key.Length <= MaxBytes / MaxBytesPerChar && !key.AsSpan().ContainsAnyExceptInRange('\u0001', '\uD7FF')) return null;

        if (key.Contains('\0')) return "A key must not contain NUL (U+0000).";
        if (FindLoneSurrogate(key) is >= 0 and var position) return $"A key must be valid Unicode; there is a lone surrogate at position {position}.";
        return Encoding.UTF8.GetByteCount(key) is var length and > MaxBytes
            ? $"A key must have at most {MaxBytes} bytes of UTF-8; this one has {length}."
            : null;
    }

    /// <summary>The position of the first lone surrogate, which UTF-8 cannot hold; -1 when there is none.</summary>
    internal static int FindLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return i;
            i++;
        }

        return -1;
    }
}
