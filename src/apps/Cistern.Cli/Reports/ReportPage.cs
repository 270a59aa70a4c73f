namespace Cistern.Cli;

/// <summary>
/// Writes the report of a run as one HTML page that needs nothing else: no network, no script to be read. The template names the parts in
/// double braces; each is written by a type of its own.
/// </summary>
internal static class ReportPage
{
    private static readonly PageTemplate Template = new("report.html");
    private static readonly string Style = PageTemplate.Read("report.css");
    private static readonly string Script = PageTemplate.Read("report.js");

    /// <summary>Writes the page, in UTF-8 without a byte order mark. The stream stays open.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="data">What it shows.</param>
    public static void Write(Stream output, ReportData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Template.Write(output, (name, markup) => WritePart(name, markup, data));
    }

    /// <summary>Writes the page, with line feeds.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="data">What it shows.</param>
    public static void Write(TextWriter output, ReportData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Template.Write(output, (name, markup) => WritePart(name, markup, data));
    }

    private static void WritePart(ReadOnlySpan<char> name, MarkupWriter markup, ReportData data)
    {
        switch (name)
        {
            case "title": markup.Write($"{data.Title}"); break;
            case "style": markup.WriteRaw(Style); break;
            case "script": markup.WriteRaw(Script); break;
            case "style-hash": markup.WriteRaw(PageTemplate.Hash(Style)); break;
            case "script-hash": markup.WriteRaw(PageTemplate.Hash(Script)); break;
            case "route": ReportLead.WriteRoute(markup, data); break;
            case "lead": ReportLead.Write(markup, data); break;
            case "figures": FigureList.Write(markup, data); break;
            case "picture": ReportPicture.Write(markup, data); break;
            case "audit": AuditTable.Write(markup, data); break;
            case "settings": SettingsList.Write(markup, data); break;
            default: throw new InvalidOperationException($"The template names a part that nobody writes: {name}.");
        }
    }
}
