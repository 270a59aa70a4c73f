using Polly;

namespace Cistern.Tests;

/// <summary>What a wrapper is, it is by the backend inside it; what it counts, it counts itself.</summary>
public sealed class ForwardingTests
{
    private static readonly byte[] Value = [1, 2, 3];

    [Fact]
    public async Task Wrapper_WhatItIs_IsWhatTheBackendIs()
    {
        using var rig = new ResilientRig(ResilientRig.Options, new InMemoryBackendOptions { Name = "inside", MaxMemoryBytes = 10_000 });
        await rig.Memory.SetAsync("a", Value);
        await rig.Memory.DeleteAsync("a");
        await rig.Memory.DeleteAsync("gone", version: 7);
        Assert.Equal("inside", rig.Backend.Name);
        Assert.Same(rig.Memory.Capabilities, rig.Backend.Capabilities);
        Assert.Equal(1, rig.Backend.RemovalCount);
        Assert.Equal(rig.Memory.EstimateMemoryBytes("key", 5), rig.Backend.EstimateMemoryBytes("key", 5));
        Assert.Equal((rig.Memory.MaxEntriesMemoryBytes, true), (rig.Backend.MaxEntriesMemoryBytes, rig.Backend.MaxEntriesMemoryBytes < 10_000));
        rig.Backend.Prefetch(["a", "b"]);
        Assert.Equal(["a", "b"], rig.Inner.Prefetched);
    }

    [Fact]
    public async Task Stats_AfterRetries_CountWhatCallersGot()
    {
        using var rig = new ResilientRig(ResilientRig.Options);
        rig.Inner.After = ScriptedBackend.FailFirst(2);
        await rig.PassAsync(rig.Backend.SetAsync("a", Value));
        rig.Inner.Before = (call, _) => call == 4 ? Task.FromException(new IOException("the line is cut")) : Task.CompletedTask;
        await rig.PassAsync(rig.Backend.GetAsync("a"));
        await rig.PassAsync(rig.Backend.GetAsync("b"));

        var (outer, inner) = (await rig.Backend.GetStatsAsync(), await rig.Memory.GetStatsAsync());

        Assert.Equal((1, 1, 1), (outer.Hits, outer.Misses, outer.Sets));
        Assert.Equal(3, inner.Sets);
        Assert.Equal((inner.CurrentEntries, inner.CurrentSizeBytes, inner.MemoryBytes), (outer.CurrentEntries, outer.CurrentSizeBytes, outer.MemoryBytes));
    }

    [Fact]
    public async Task Stats_EvictionsAndExpirations_AreTheBackendsSinceTheLastReset()
    {
        using var rig = new ResilientRig(ResilientRig.Options, new InMemoryBackendOptions { Capacity = 1 });
        foreach (var key in new[] { "a", "b", "c" }) await rig.Backend.SetAsync(key, Value, TimeSpan.FromSeconds(1));
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await rig.Backend.GetAsync("c");
        Assert.Equal((2, 1), await CountsAsync(rig.Backend));

        rig.Backend.ResetStats();
        Assert.Equal((0, 0), await CountsAsync(rig.Backend));
        Assert.Equal((2, 1), await CountsAsync(rig.Memory));
        rig.Memory.ResetStats();
        foreach (var key in new[] { "a", "b" }) await rig.Backend.SetAsync(key, Value);
        Assert.Equal((1, 0), await CountsAsync(rig.Backend));

        using var later = new ResilientBackend(rig.Memory, ResiliencePipeline.Empty);
        Assert.Equal((0, 0), await CountsAsync(later));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_OfTheWrapper_DisposesTheBackend(bool sync)
    {
        var rig = new ResilientRig(ResilientRig.Options);
        if (sync) rig.Backend.Dispose();
        else await rig.Backend.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => rig.Memory.GetAsync("a").AsTask());
    }

    [Fact]
    public async Task Pipeline_OfTheCallers_GetsEveryCall()
    {
        using var memory = new InMemoryBackend();
        var scripted = new ScriptedBackend(memory) { Before = ScriptedBackend.FailFirst(1) };
        var pipeline = new ResiliencePipelineBuilder().AddRetry(new() { ShouldHandle = new PredicateBuilder().Handle<CacheBackendException>(), Delay = TimeSpan.Zero }).Build();
        using var backend = new ResilientBackend(scripted, pipeline);
        Assert.Null(await backend.GetAsync("a"));
        Assert.Equal(2, scripted.Calls);
    }

    [Fact]
    public void Wrapper_OfNothing_IsRefused()
    {
        using var memory = new InMemoryBackend();
        Assert.ThrowsAny<ArgumentException>(() => new ResilientBackend(null!));
        Assert.Throws<ArgumentNullException>("pipeline", () => new ResilientBackend(memory, (ResiliencePipeline)null!));
    }

    private static async Task<(long Evictions, long Expirations)> CountsAsync(CacheBackend backend) =>
        await backend.GetStatsAsync() is var stats ? (stats.Evictions!.Value, stats.Expirations!.Value) : default;
}
