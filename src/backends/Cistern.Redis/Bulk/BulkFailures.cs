namespace Cistern;

/// <summary>The commands of a batch that failed. Safe for concurrent use.</summary>
internal sealed class BulkFailures
{
    private const int KeysShown = 3;

    private readonly Lock _lock = new();
    private readonly List<string> _keys = [];
    private int _count;
    private string? _error;

    /// <summary>Takes a command that failed for good.</summary>
    public void Note(BulkPlan plan, BulkCommand command, string error)
    {
        lock (_lock)
        {
            _error ??= error;
            _count += command.Count;
            if (_keys.Count < KeysShown) _keys.Add(plan.KeyOf(command));
        }
    }

    /// <summary>Throws if there were any: how many, the keys of the first, and why.</summary>
    /// <param name="name">The backend's name.</param>
    /// <exception cref="CacheBackendException">Some failed; the others were written.</exception>
    public void Throw(string name)
    {
        lock (_lock)
        {
            if (_error is not null) throw new CacheBackendException($"{name}: set many: {_count} of the keys were refused, the first of them {string.Join(", ", _keys.Select(key => $"\"{key}\""))}: {_error}");
        }
    }
}
