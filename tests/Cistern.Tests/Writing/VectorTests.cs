using System.Text;
using System.Text.Json;

namespace Cistern.Tests.Writing;

/// <summary>The library, run by hand over the vectors: the figures of the seeds' program, and in every backend what its file holds.</summary>
public sealed class VectorTests
{
    private const string Name = "writer.json";

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, 40)];

    private static Lazy<JsonElement[]?> All { get; } = new(Load);

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task Write_AVector_GivesItsFiguresAndHoldsItsContent(int number)
    {
        if (All.Value is null) Assert.Skip($"No shared/vectors/{Name} beside the repository.");
        var vector = All.Value[number];
        var config = vector.GetProperty("config");
        var records = config.GetProperty("records").EnumerateArray().ToArray();
        var reader = new JsonRecordReader();
        var targets = config.GetProperty("backends").EnumerateArray().Select(name => new WriteTarget(name.GetString()!, new InMemoryBackend(InMemoryBackendOptions.Unbounded))).ToArray();

        var report = await new CacheWriter(targets).WriteAsync(records.Select(record => reader.Read(Encoding.UTF8.GetBytes(record.GetRawText()))));

        var expected = vector.GetProperty("expected");
        Assert.True(report.IsComplete);
        Assert.Equal(expected.GetProperty("records_written").GetInt64(), report.Accepted);
        Assert.Equal(expected.GetProperty("backends_used").EnumerateArray().Select(name => name.GetString()), report.Backends.Select(backend => backend.Name));
        var content = vector.GetProperty("file_content");
        if (content.ValueKind == JsonValueKind.Null) return;
        var file = targets.Single(target => target.Name == "file").Backend;
        Assert.Equal(content.EnumerateObject().Count(), (await file.GetStatsAsync()).CurrentEntries);
        foreach (var entry in content.EnumerateObject())
        {
            using var held = JsonDocument.Parse(await file.GetAsync(entry.Name));
            Assert.True(JsonElement.DeepEquals(entry.Value, held.RootElement), entry.Name);
        }

        foreach (var target in targets) target.Backend.Dispose();
    }

    private static JsonElement[]? Load()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "vectors", Name);
            if (File.Exists(candidate)) return [.. JsonDocument.Parse(File.ReadAllBytes(candidate)).RootElement.EnumerateArray()];
        }

        return null;
    }
}
