namespace Cistern.Testing;

/// <summary>Keys that have broken caches: every one is legal, and every one is a different key.</summary>
internal static class HostileKeys
{
    public const int MaxBytes = 64 * 1024;

    public static IReadOnlyList<string> All { get; } =
    [
        "",
        " ", "  ", " key", "key ", "key", "KEY", "Key",
        "*", "?", "[", "]", "[a]", "[!a]", "\\", "\\*", "a*b", "a?b", "{a}", "%", "_", "'", "\"", "`", ";", "--", "'; DROP TABLE cache; --",
        ".", "..", "/", "//", "../key", "../../etc/passwd", "a/b", "a\\b", "C:\\key", "con", "nul", "key.", "~", "$HOME",
        "\n", "\r", "\r\n", "a\nb", "a\rb", "a\r\nb", "\t", "\u001b[31m", "\u0001", "\u007f", "get key\r\nset key 0 0 1\r\n",
        "\u0085", "\u00a0", "\u2028", "\u2029", "\ufeff", "\ufeffkey", "\u200b", "key\u200b", "\u200d", "\u202ekey", "\u2066key\u2069", "\ufffd", "\uffff",
        "caf\u00e9", "cafe\u0301", "\u212b", "\u00c5", "A\u030a", "\ufb01", "fi", "I", "\u0130", "\u0131", "i", "stra\u00dfe", "strasse", "\u03c3", "\u03c2",
        "\ud83d\ude00", "\ud83d\ude01", "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67", "\u4e2d\u6587", "\u05d0\u05d1", "\ud801\udc00", "\udbff\udfff",
        "0", "00", "-0", "1", "1.0", "1e0", "null", "true", "{}", "[]", "{\"key\":1}",
        new string('k', 250), new string('k', 251), new string('k', MaxBytes), new string('k', MaxBytes - 1) + "l",
        new string('\u00e9', MaxBytes / 2), new string('\u4e2d', MaxBytes / 3), string.Concat(Enumerable.Repeat("\ud83d\ude00", MaxBytes / 4)),
    ];

    /// <summary>Keys with a NUL or a lone surrogate, or one byte too long.</summary>
    public static IReadOnlyList<string> Illegal { get; } =
    [
        "\0", "key\0", "\0key", "ke\0y",
        Lone('\ud83d'), Lone('\ude00'), "key" + Lone('\ud83d'), Lone('\ude00') + "key", Lone('\ude00') + Lone('\ud83d'), Lone('\ud83d') + "\ud83d\ude00",
        new string('k', MaxBytes + 1), new string('\u00e9', MaxBytes / 2) + "k", new string('\u4e2d', MaxBytes / 3) + "kk", string.Concat(Enumerable.Repeat("\ud83d\ude00", MaxBytes / 4)) + "k",
    ];

    /// <summary>A key as a failure message may show it: short, and without what a terminal would act on.</summary>
    public static string Show(string key) =>
        string.Concat(key.Take(24).Select(character => character is > ' ' and <= '~' ? character.ToString() : $"\\u{(int)character:x4}")) + (key.Length > 24 ? $"... ({key.Length} characters)" : "");

    private static string Lone(char surrogate) => surrogate.ToString();
}
