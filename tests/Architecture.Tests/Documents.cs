using System.Text.RegularExpressions;

namespace Cistern.Tests;

/// <summary>The documents of the repository, and the blocks of code in them.</summary>
internal static partial class Documents
{
    /// <summary>Every document, from the root, sorted.</summary>
    public static IReadOnlyList<string> Paths { get; } =
        [.. Directory.EnumerateFiles(Repository.Root, "*.md").Select(path => Path.GetFileName(path)).Concat(new[] { "docs", "samples", "bench" }.SelectMany(folder => Repository.Files(folder, "*.md"))).Order(StringComparer.Ordinal)];

    /// <summary>The blocks of C# in a document: the name of the snippet they show (empty when none is named), and their text.</summary>
    public static IEnumerable<(string Snippet, string Code)> CodeBlocks(string document) =>
        Block().Matches(document.ReplaceLineEndings("\n")).Select(match => (match.Groups["name"].Value, match.Groups["code"].Value));

    /// <summary>Replaces the code of every block that shows a snippet.</summary>
    public static string ReplaceCode(string document, Func<string, string> codeOf) =>
        Block().Replace(document.ReplaceLineEndings("\n"), match =>
        {
            var code = match.Groups["code"];
            var name = match.Groups["name"].Value;
            return name.Length == 0 ? match.Value : match.Value[..(code.Index - match.Index)] + codeOf(name) + match.Value[(code.Index - match.Index + code.Length)..];
        });

    [GeneratedRegex("(<!-- snippet: (?<name>\\w+) -->\n)?```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Block();
}
