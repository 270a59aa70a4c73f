using System.Text;
using Cistern;

namespace Samples;

/// <summary>The writer, by example.</summary>
internal static class WriterSnippets
{
    public static async Task RunAsync()
    {
        await using var memory = new InMemoryBackend();
        await using var other = new InMemoryBackend();
        await WriteAsync(memory, other);
        await OptionsAsync(memory);
    }

    private static async Task WriteAsync(CacheBackend memory, CacheBackend file)
    {
        #region Writer
        var writer = new CacheWriter([memory, file]);

        WriteReport report = await writer.WriteAsync(
        [
            new WriteRecord("user:1", "Ada"u8.ToArray()),
            new WriteRecord("user:2", "Grace"u8.ToArray()) { TimeToLive = TimeSpan.FromHours(1) },
            new WriteRecord(null, "nobody"u8.ToArray()),   // rejected: it has no key
        ]);

        foreach (var backend in report.Backends)
        {
            Console.WriteLine($"{backend.Name}: {backend.Stored} stored, {backend.Failed} failed {backend.FirstError?.Message}");
        }

        foreach (var rejected in report.RejectedRecords)
        {
            Console.WriteLine($"record {rejected.Number}: {rejected.Reason}");
        }
        #endregion
        Check.That(report is { Accepted: 2, Rejected: 1, IsComplete: false } && report.Backends.All(backend => backend is { Stored: 2, IsComplete: true }));
    }

    private static async Task OptionsAsync(CacheBackend memory)
    {
        using var lines = new MemoryStream(Encoding.UTF8.GetBytes("{\"id\": \"a\", \"n\": 1}\n{\"n\": 2}\n"));
        #region WriterOptions
        var fields = new RecordFields { Key = "id", OnMissingKey = MissingKeyHandling.Hash };
        var writer = new CacheWriter([new WriteTarget("the first", memory)], new CacheWriterOptions
        {
            SetOptions = new SetOptions { TimeToLive = TimeSpan.FromHours(1) },   // for all; a record's own wins
            OnFailure = WriteFailureHandling.StopAtFirstFailure,                  // default: Continue
            BatchRecords = 500,
            MaxQueuedRecords = 5_000,                                             // how far a backend may be behind
        });
        var report = await writer.WriteAsync(JsonLinesRecords.Read(lines, "records.jsonl", fields));
        #endregion
        Check.That(report.IsComplete && report.Backends[0] is { Name: "the first", Stored: 2 });
    }
}
