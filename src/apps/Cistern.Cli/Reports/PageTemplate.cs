using System.Security.Cryptography;
using System.Text;

namespace Cistern.Cli;

/// <summary>A page that needs nothing else, made of parts: its template names them in double braces. Immutable.</summary>
internal sealed class PageTemplate
{
    private readonly string _text;

    /// <summary>Reads a template from the program.</summary>
    /// <param name="name">The name of its resource.</param>
    public PageTemplate(string name) => _text = Read(name);

    /// <summary>Writes a part of a page.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="markup">Where to.</param>
    public delegate void PartWriter(ReadOnlySpan<char> name, MarkupWriter markup);

    /// <summary>Writes the page, in UTF-8 without a byte order mark. The stream stays open.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="writePart">Writes each part in its turn.</param>
    public void Write(Stream output, PartWriter writePart)
    {
        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 32 * 1024, leaveOpen: true);
        Write(writer, writePart);
    }

    /// <summary>Writes the page, with line feeds.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="writePart">Writes each part in its turn.</param>
    public void Write(TextWriter output, PartWriter writePart)
    {
        ArgumentNullException.ThrowIfNull(output);
        var markup = new MarkupWriter(output);
        var rest = _text.AsSpan();
        while (rest.IndexOf("{{") is var start and >= 0)
        {
            var end = rest.IndexOf("}}");
            markup.WriteRaw(rest[..start]);
            writePart(rest[(start + 2)..end], markup);
            rest = rest[(end + 2)..];
        }

        markup.WriteRaw(rest);
    }

    /// <summary>The hash by which the policy of a page allows this very style or script, and nothing else.</summary>
    public static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    /// <summary>A text from the program.</summary>
    /// <param name="name">The name of its resource.</param>
    public static string Read(string name)
    {
        using var stream = typeof(PageTemplate).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The program lacks its {name}.");
        using var reader = new StreamReader(stream);

        // Browsers read line ends as line feeds before they check a hash; a checkout on Windows may hold others.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
