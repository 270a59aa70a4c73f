using System.Text;

namespace Cistern.Tests;

/// <summary>Reads sources as tests want to see them.</summary>
internal static class SourceReading
{
    public static JsonSourceOptions JsonOptions(Form form) => form switch
    {
        Form.Held => new JsonSourceOptions(),
        Form.Indexed => new JsonSourceOptions { MaxMemoryBytes = 0 },
        _ => new JsonSourceOptions { MaxMemoryBytes = 0, KeyHash = _ => 7, IndexRunLength = 2 },
    };

    public static JsonLinesSourceOptions LinesOptions(Form form, string key = "key", string? value = "value") => form switch
    {
        Form.Held => new JsonLinesSourceOptions { KeyField = key, ValueField = value },
        Form.Indexed => new JsonLinesSourceOptions { KeyField = key, ValueField = value, MaxMemoryBytes = 0 },
        _ => new JsonLinesSourceOptions { KeyField = key, ValueField = value, MaxMemoryBytes = 0, KeyHash = _ => 7, IndexRunLength = 2 },
    };

    public static async Task<string?> TextAsync(this ICacheSource source, string key) =>
        await source.ReadAsync(key, CancellationToken.None) is { } entry ? Encoding.UTF8.GetString(entry.Value.Span) : null;

    /// <summary>All entries as <c>key=text</c>, with an asterisk where the value is JSON.</summary>
    public static async Task<string> AllAsync(this ICacheSource source, int pageSize = 2)
    {
        var entries = new List<string>();
        var position = SourcePosition.Start;
        while (true)
        {
            var page = await source.ReadPageAsync(position, pageSize, CancellationToken.None);
            Assert.InRange(page.Entries.Count, 0, pageSize);
            if (page.Entries.Count == 0) return string.Join(' ', entries);
            entries.AddRange(page.Entries.Select(entry => $"{entry.Key}={Encoding.UTF8.GetString(entry.Value.Span)}{(SourceMetadata.IsJson(entry.Metadata) ? "*" : "")}"));
            position = page.Next;
        }
    }

    public static async Task<string> FaultAsync<TSource>(this ValueTask<TSource> opening)
    {
        var error = await Assert.ThrowsAsync<CacheSourceException>(async () => await opening);
        Assert.DoesNotContain("SECRET", error.ToString());
        Assert.DoesNotContain('\n', error.Message);
        return error.Message;
    }
}
