namespace Cistern;

/// <summary>A bounded set of keys; beyond the bound the longest known are forgotten. Safe for concurrent use.</summary>
internal sealed class RememberedKeys(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<string>> _keys = [];
    private readonly LinkedList<string> _order = new();

    public bool Contains(string key)
    {
        lock (_lock) return _keys.ContainsKey(key);
    }

    public void Add(string key)
    {
        lock (_lock)
        {
            if (_keys.ContainsKey(key)) return;
            if (_keys.Count == capacity)
            {
                _keys.Remove(_order.First!.Value);
                _order.RemoveFirst();
            }

            _keys.Add(key, _order.AddLast(key));
        }
    }

    public void Remove(string key)
    {
        lock (_lock)
        {
            if (_keys.Remove(key, out var node)) _order.Remove(node);
        }
    }
}
