namespace Cistern.Tests;

public sealed class SourceMetadataTests
{
    [Fact]
    public void IsJson_OnlyOfItsMediaType()
    {
        Assert.True(SourceMetadata.IsJson(SourceMetadata.Json));
        Assert.True(SourceMetadata.IsJson(new Dictionary<string, string> { [SourceMetadata.ContentType] = SourceMetadata.JsonContentType, ["other"] = "x" }));
        Assert.False(SourceMetadata.IsJson(null));
        Assert.False(SourceMetadata.IsJson(new Dictionary<string, string>()));
        Assert.False(SourceMetadata.IsJson(new Dictionary<string, string> { [SourceMetadata.ContentType] = "text/plain" }));
    }

    [Fact]
    public void Json_NamesTheMediaType()
    {
        var pair = Assert.Single(SourceMetadata.Json);

        Assert.Equal("content-type", pair.Key);
        Assert.Equal("application/json", pair.Value);
    }
}
