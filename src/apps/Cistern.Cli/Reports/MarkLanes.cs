namespace Cistern.Cli;

/// <summary>One lane for each kind of decision, with a mark at each lookup at which it was made. Lanes without marks are left out.</summary>
internal static class MarkLanes
{
    // A mark is about as wide as a screen can tell apart: of more, those that would lie on each other are drawn once.
    private const int MostMarks = 1000;
    private const double Distinct = 0.05;

    public static void Write(MarkupWriter markup, ReportData data, ChartScale scale)
    {
        if (data.Audit.Count == 0) return;
        markup.WriteLine($"""<div class="lanes">""");
        foreach (var lane in data.Audit.GroupBy(entry => entry.Action).OrderBy(lane => lane.Key)) WriteLane(markup, lane.Key, [.. lane], scale);
        markup.WriteLine($"</div>");
    }

    private static void WriteLane(MarkupWriter markup, AuditAction action, List<AuditEntry> entries, ChartScale scale)
    {
        var name = AuditWords.Lane(action);
        var count = ReportFormat.Count(entries.Sum(entry => entry.Count));
        markup.Write($"""<div class="row lane {entries[0].ActionName}"><p class="lane-name"><b>{count}</b> {name}</p>""");
        markup.WriteLine($"""<svg role="img" aria-label="{Describe(entries)}" width="100%" height="20"><line class="rail" x1="0" x2="100%" y1="10" y2="10"/>""");
        var last = double.NegativeInfinity;
        foreach (var entry in entries)
        {
            var x = scale.X(entry.Lookups);
            if (entries.Count > MostMarks && x - last < Distinct) continue;
            last = x;
            markup.WriteLine($"""<line class="mark" data-at="{entry.Lookups}" x1="{x}%" x2="{x}%" y1="3" y2="17"><title>{AuditWords.Describe(entry)}</title></line>""");
        }

        markup.WriteLine($"</svg></div>");
    }

    private static string Describe(List<AuditEntry> entries) => entries.Count == 1
        ? $"At lookup {ReportFormat.Count(entries[0].Lookups)}"
        : $"{ReportFormat.Count(entries.Count)} marks from lookup {ReportFormat.Count(entries[0].Lookups)} to lookup {ReportFormat.Count(entries[^1].Lookups)}";
}
