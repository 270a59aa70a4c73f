using System.Text.Json;

namespace Cistern.Tests.Backfill;

/// <summary>The configurations with the figures that the seeds' program gives for them. They live beside the repository, not in it.</summary>
public static class Vectors
{
    public static string? Path { get; } = Find();

    public static IEnumerable<int> Numbers { get; } = Enumerable.Range(0, 120);

    public static JsonElement Load(int number)
    {
        if (Path is null) Assert.Skip("No shared/vectors/backfill.json beside the repository.");
        return All.Value[number];
    }

    private static Lazy<JsonElement[]> All { get; } = new(() => [.. JsonDocument.Parse(File.ReadAllBytes(Path!)).RootElement.EnumerateArray()]);

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.FullName, "shared", "vectors", "backfill.json");
            if (File.Exists(candidate)) return candidate;
        }

        return null;
    }
}
