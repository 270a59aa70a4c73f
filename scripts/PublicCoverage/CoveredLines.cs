using System.Globalization;
using System.Xml.Linq;

namespace Cistern.Coverage;

/// <summary>The lines that at least one test ran, from all Cobertura files below a folder.</summary>
internal sealed class CoveredLines
{
    private readonly HashSet<(string File, int Line)> _covered = [];

    public CoveredLines(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "coverage.cobertura.xml", SearchOption.AllDirectories))
        {
            Reports++;
            Add(XDocument.Load(path));
        }
    }

    /// <summary>How many files were read.</summary>
    public int Reports { get; }

    public bool Contains(string file, int line) => _covered.Contains((file, line));

    private void Add(XDocument report)
    {
        var roots = report.Descendants("source").Select(source => source.Value).ToArray();
        foreach (var type in report.Descendants("class"))
        {
            // A file is given from one of the roots, and the report does not say from which.
            var name = type.Attribute("filename")!.Value;
            var file = roots.Select(root => Path.GetFullPath(Path.Combine(root, name))).FirstOrDefault(File.Exists) ?? name;
            foreach (var line in type.Descendants("line").Where(line => line.Attribute("hits")!.Value != "0")) _covered.Add((file, int.Parse(line.Attribute("number")!.Value, CultureInfo.InvariantCulture)));
        }
    }
}
