using System.Text;

namespace Cistern.Tests.Writing;

/// <summary>Records for tests.</summary>
internal static class WriteRecords
{
    public static WriteRecord Of(string? key, string value) => new(key, Encoding.UTF8.GetBytes(value));

    /// <summary>Records <c>key:1</c>… with values <c>value 1</c>….</summary>
    public static IEnumerable<WriteRecord> Numbered(int count) => Enumerable.Range(1, count).Select(Numbered1);

    public static WriteRecord Numbered1(int number) => Of($"key:{number}", $"value {number}");

    public static async Task<string?> TextAsync(this CacheBackend backend, string key) => await backend.GetStringAsync(key);

    /// <summary>Every accepted record has exactly one outcome on a backend.</summary>
    public static void CheckSum(WriteReport report)
    {
        Assert.Equal(report.Records, report.Accepted + report.Rejected);
        Assert.All(report.Backends, backend =>
        {
            Assert.Equal(report.Accepted, backend.Stored + backend.AlreadyCurrent + backend.Present + backend.Superseded + backend.TooLarge + backend.Expired + backend.Failed + backend.Unwritten);
            Assert.Equal(backend.Failed > 0, backend.FirstError is not null);
            Assert.Equal(backend.Unwritten > 0, backend.FirstUnwritten is not null);
        });
    }
}
