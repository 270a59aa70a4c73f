using System.Buffers;

namespace Cistern.Tests.Contract;

/// <summary>What a backend throws, and what the caller sees of it.</summary>
public sealed class FaultTests
{
    public static TheoryData<string, Func<CacheBackend, ValueTask>> Operations() => new()
    {
        { "get", async backend => await backend.GetAsync("k") },
        { "get", async backend => await backend.TryGetAsync("k", new ArrayBufferWriter<byte>()) },
        { "get entry", async backend => await backend.GetEntryAsync("k") },
        { "set", async backend => await backend.SetAsync("k", new byte[1]) },
        { "touch", async backend => await backend.TouchAsync("k", null) },
        { "delete", async backend => await backend.DeleteAsync("k") },
        { "delete", async backend => await backend.DeleteAsync("k", 1) },
        { "exists", async backend => await backend.ExistsAsync("k") },
        { "clear", async backend => await backend.ClearAsync() },
        { "get many", async backend => await backend.GetManyAsync(["k"]) },
        { "exists many", async backend => await backend.ExistsManyAsync(["k"]) },
        { "set many", async backend => await backend.SetManyAsync([new SetRequest("k", new byte[1])]) },
        { "delete many", async backend => await backend.DeleteManyAsync(["k"]) },
        { "keys", async backend => await backend.KeysAsync().CountAsync() },
        { "stats", async backend => await backend.GetStatsAsync() },
    };

    [Theory]
    [MemberData(nameof(Operations), DisableDiscoveryEnumeration = true)]
    public async Task Fault_OfEachOperation_IsWrappedWithNameAndOperation(string operation, Func<CacheBackend, ValueTask> call)
    {
        var fault = new IOException("the disk is gone");
        foreach (var isSlow in new[] { false, true })
        {
            await using var backend = new ScriptedBackend { Fault = fault, IsSlow = isSlow };
            var thrown = await Assert.ThrowsAsync<CacheBackendException>(async () => await call(backend));
            Assert.Same(fault, thrown.InnerException);
            Assert.Equal($"scripted: {operation} failed: the disk is gone", thrown.Message);
            backend.Fault = null;
            Assert.Equal(0, (await backend.GetStatsAsync()).Total);
        }
    }

    [Theory]
    [MemberData(nameof(Operations), DisableDiscoveryEnumeration = true)]
    public async Task Fault_OfASynchronousBackend_IsWrappedOnItsAsynchronousFaceToo(string operation, Func<CacheBackend, ValueTask> call)
    {
        var fault = new IOException("the disk is gone");
        await using var backend = new FailingSyncBackend(fault);
        var thrown = await Assert.ThrowsAsync<CacheBackendException>(async () => await call(backend));
        Assert.Same(fault, thrown.InnerException);
        Assert.Equal($"failing: {operation} failed: the disk is gone", thrown.Message);
    }

    public static TheoryData<string, Action<ISyncCacheBackend>> SyncOperations() => new()
    {
        { "get", backend => backend.Get("k") },
        { "get", backend => backend.TryGet("k", default, out _) },
        { "get", backend => backend.TryGet("k", new ArrayBufferWriter<byte>()) },
        { "get many", backend => backend.TryGetMany(["k"], default, new BatchLookup[1]) },
        { "set", backend => backend.Set("k", new byte[1]) },
        { "delete", backend => backend.Delete("k") },
        { "delete", backend => backend.Delete("k", 1) },
        { "exists", backend => backend.Exists("k") },
    };

    [Theory]
    [MemberData(nameof(SyncOperations), DisableDiscoveryEnumeration = true)]
    public void Fault_OfEachSynchronousOperation_IsWrappedWithNameAndOperation(string operation, Action<ISyncCacheBackend> call)
    {
        var fault = new IOException("the disk is gone");
        using var backend = new FailingSyncBackend(fault);
        var thrown = Assert.Throws<CacheBackendException>(() => call(backend));
        Assert.Same(fault, thrown.InnerException);
        Assert.Equal($"failing: {operation} failed: the disk is gone", thrown.Message);

        using var refusing = new FailingSyncBackend(new ArgumentException("bad"));
        Assert.Throws<ArgumentException>(() => call(refusing));
    }

    public static TheoryData<Exception> NotFaults() => [new ArgumentException("bad"), new CacheBackendException("as it is")];

    [Theory]
    [MemberData(nameof(NotFaults), DisableDiscoveryEnumeration = true)]
    public async Task Exception_ThatIsNotAFault_PassesAsItIs(Exception exception)
    {
        foreach (var ((_, call), isSlow) in Operations().SelectMany(row => new[] { (row.Data, false), (row.Data, true) }))
        {
            await using var backend = new ScriptedBackend { Fault = exception, IsSlow = isSlow };
            Assert.Same(exception, await Assert.ThrowsAnyAsync<Exception>(async () => await call(backend)));
            backend.Fault = null;
        }
    }

    public static TheoryData<Exception> DriverFaults() => [new TaskCanceledException("the driver gave up"), new ObjectDisposedException("connection")];

    [Theory]
    [MemberData(nameof(DriverFaults), DisableDiscoveryEnumeration = true)]
    public async Task Exception_OfADriverThatGaveUp_IsAFaultAndNotTheCallersDoing(Exception exception)
    {
        foreach (var ((_, call), isSlow) in Operations().SelectMany(row => new[] { (row.Data, false), (row.Data, true) }))
        {
            await using var backend = new ScriptedBackend { Fault = exception, IsSlow = isSlow };
            Assert.Same(exception, (await Assert.ThrowsAsync<CacheBackendException>(async () => await call(backend))).InnerException);
            backend.Fault = null;
        }
    }

    [Fact]
    public async Task Cancellation_OfTheCaller_PassesAsItIs()
    {
        using var cancellation = new CancellationTokenSource();
        await using var backend = new CancellingBackend(cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await backend.GetAsync("a", cancellation.Token));
    }

    [Theory]
    [MemberData(nameof(Operations), DisableDiscoveryEnumeration = true)]
    public async Task Operation_Disposed_Throws(string operation, Func<CacheBackend, ValueTask> call)
    {
        var backend = new ScriptedBackend();
        await backend.DisposeAsync();
        var thrown = await Assert.ThrowsAsync<ObjectDisposedException>(async () => await call(backend));
        Assert.NotEmpty(operation);
        Assert.Contains(nameof(ScriptedBackend), thrown.ObjectName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_OfAFailingBackend_IsWrappedToo()
    {
        var fault = new IOException("the disk is full");
        var thrown = Assert.Throws<CacheBackendException>(new ScriptedBackend { Fault = fault }.Dispose);
        Assert.Equal("scripted: dispose failed: the disk is full", thrown.Message);
        Assert.Same(fault, thrown.InnerException);
        await Assert.ThrowsAsync<CacheBackendException>(async () => await new ScriptedBackend { Fault = fault }.DisposeAsync());
    }

    [Fact]
    public async Task Dispose_SeveralTimesAndBothWays_ClosesOnce()
    {
        var backend = new ScriptedBackend();
        backend.Dispose();
        await backend.DisposeAsync();
        backend.Dispose();
        Assert.Equal(1, backend.Disposals);
        Assert.Throws<ObjectDisposedException>(backend.ResetStats);
    }

    [Theory]
    [MemberData(nameof(Operations), DisableDiscoveryEnumeration = true)]
    public async Task Operation_OfTheDefaultCores_WorksAndIsNotAFault(string operation, Func<CacheBackend, ValueTask> call)
    {
        await using var backend = new ScriptedBackend();
        Assert.Null(await Record.ExceptionAsync(async () => await call(backend)));
        Assert.NotEmpty(operation);
    }

    [Fact]
    public void Exceptions_EachConstructor_KeepsWhatItIsGiven()
    {
        var inner = new IOException("inner");
        Assert.Equal(("m", null), (new CacheBackendException("m").Message, new CacheBackendException("m").InnerException));
        Assert.Equal(("m", inner), (new CacheBackendException("m", inner).Message, new CacheBackendException("m", inner).InnerException));
        Assert.Contains(nameof(CacheBackendException), new CacheBackendException().Message, StringComparison.Ordinal);
        Assert.Equal(("m", null), (new CacheSourceException("m").Message, new CacheSourceException("m").InnerException));
        Assert.Equal(("m", inner), (new CacheSourceException("m", inner).Message, new CacheSourceException("m", inner).InnerException));
        Assert.Contains(nameof(CacheSourceException), new CacheSourceException().Message, StringComparison.Ordinal);
    }
}
