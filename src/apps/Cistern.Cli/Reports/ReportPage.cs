using System.Security.Cryptography;
using System.Text;

namespace Cistern.Cli;

/// <summary>
/// Writes the report of a run as one HTML page that needs nothing else: no network, no script to be read. The template names the parts in
/// double braces; each is written by a type of its own.
/// </summary>
internal static class ReportPage
{
    private static readonly string Template = Read("report.html");
    private static readonly string Style = Read("report.css");
    private static readonly string Script = Read("report.js");

    /// <summary>Writes the page, in UTF-8 without a byte order mark. The stream stays open.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="data">What it shows.</param>
    public static void Write(Stream output, ReportData data)
    {
        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 32 * 1024, leaveOpen: true);
        Write(writer, data);
    }

    /// <summary>Writes the page, with line feeds.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="data">What it shows.</param>
    public static void Write(TextWriter output, ReportData data)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(data);
        var markup = new MarkupWriter(output);
        var rest = Template.AsSpan();
        while (rest.IndexOf("{{") is var start and >= 0)
        {
            var end = rest.IndexOf("}}");
            markup.WriteRaw(rest[..start]);
            WritePart(rest[(start + 2)..end], markup, data);
            rest = rest[(end + 2)..];
        }

        markup.WriteRaw(rest);
    }

    private static void WritePart(ReadOnlySpan<char> name, MarkupWriter markup, ReportData data)
    {
        switch (name)
        {
            case "title": markup.Write($"{data.Title}"); break;
            case "style": markup.WriteRaw(Style); break;
            case "script": markup.WriteRaw(Script); break;
            case "style-hash": markup.WriteRaw(Hash(Style)); break;
            case "script-hash": markup.WriteRaw(Hash(Script)); break;
            case "route": ReportLead.WriteRoute(markup, data); break;
            case "lead": ReportLead.Write(markup, data); break;
            case "figures": FigureList.Write(markup, data); break;
            case "picture": ReportPicture.Write(markup, data); break;
            case "audit": AuditTable.Write(markup, data); break;
            case "settings": SettingsList.Write(markup, data); break;
            default: throw new InvalidOperationException($"The template names a part that nobody writes: {name}.");
        }
    }

    // The policy of the page allows this very style and script, and nothing else.
    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static string Read(string name)
    {
        using var stream = typeof(ReportPage).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The program lacks its {name}.");
        using var reader = new StreamReader(stream);

        // Browsers read line ends as line feeds before they check a hash; a checkout on Windows may hold others.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
