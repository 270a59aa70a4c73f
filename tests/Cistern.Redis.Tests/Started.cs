namespace Cistern.Tests;

/// <summary>Something that is started once, when it is first wanted. Safe for concurrent use.</summary>
internal sealed class Started<T>(Func<Task<T>> start) : IAsyncDisposable where T : IAsyncDisposable
{
    private readonly Lazy<Task<T>> _task = new(start);

    public Task<T> GetAsync() => _task.Value;

    public async ValueTask DisposeAsync()
    {
        if (_task is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await _task.Value).DisposeAsync();
    }
}
