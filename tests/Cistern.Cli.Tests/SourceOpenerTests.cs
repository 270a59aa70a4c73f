using System.Text;
using Cistern.Cli;

namespace Cistern.Tests;

public sealed class SourceOpenerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cistern-opener-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("s.json", "{\"a\":\"1\"}", "1")]
    [InlineData("s.jsonl", "{\"key\":\"a\",\"value\":\"1\"}", "1")]
    [InlineData("s.csv", "key,value\na,1\n", "1")]
    [InlineData("jsonl:s.txt?key=id&value=v", "{\"id\":\"a\",\"v\":\"1\"}", "1")]
    [InlineData("jsonl:s.txt?key=id&value=*", "{\"id\":\"a\"}", "{\"id\":\"a\"}")]
    [InlineData("csv:s.txt?key=id&value=v&delimiter=tab", "v\tid\n1\ta\n", "1")]
    [InlineData("csv:s.txt?key=id&value=*&delimiter=;", "v;id\n1;a\n", "{\"v\":\"1\",\"id\":\"a\"}")]
    public async Task OpenAsync_EachFormat_IsRead(string address, string text, string value)
    {
        var parsed = SourceAddress.Parse(address).WithBaseFolder(_folder);
        await File.WriteAllTextAsync(parsed.Path, text);
        await using var source = await SourceOpener.OpenAsync(parsed, CancellationToken.None);

        Assert.Equal(parsed.Path, source.Name);
        Assert.Equal(value, Encoding.UTF8.GetString((await source.ReadAsync("a", CancellationToken.None))!.Value.Value.Span));
    }

    [Fact]
    public async Task OpenAsync_Missing_IsAnError()
    {
        await Assert.ThrowsAsync<CacheSourceException>(async () => await SourceOpener.OpenAsync(SourceAddress.Parse("none.json").WithBaseFolder(_folder), CancellationToken.None));
    }
}
