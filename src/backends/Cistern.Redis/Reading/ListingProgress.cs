using StackExchange.Redis;

namespace Cistern;

/// <summary>
/// Which slots of a cluster a listing is done with: those that stayed where they were through a round in which their server was listed whole. One that is open all the time, in the same direction, needs two rounds of both its
/// servers: a key of it moves once at most, and before or after that one of the rounds finds it. One use, one thread.
/// </summary>
internal sealed class ListingProgress(ClusterView view)
{
    private readonly bool[] _isDone = new bool[HashSlot.Count];
    private readonly bool[] _wasOpen = new bool[HashSlot.Count];
    private readonly HashSet<string> _complete = [];
    private ClusterView _view = view;

    /// <summary>The servers to list in this round, by their ids, and a key that leads to each.</summary>
    public IEnumerable<KeyValuePair<string, RedisKey>> Routes
    {
        get
        {
            if (_view.Routes.ContainsKey("")) return _view.Routes;
            var holders = Enumerable.Range(0, HashSlot.Count).Where(slot => !_isDone[slot]).Select(_view.HoldersOf).SelectMany(pair => new[] { pair.Owner, pair.Receiver }).ToHashSet();
            return _view.Routes.Where(route => holders.Contains(route.Key));
        }
    }

    /// <summary>Whether a key was not listed for certain in a round before.</summary>
    public bool IsWanted(byte[] key) => !_isDone[HashSlot.Of(key)];

    /// <summary>A server was listed whole.</summary>
    public void Complete(string node) => _complete.Add(node);

    /// <summary>Ends a round; true: it was the last.</summary>
    /// <param name="after">Where the keys are now.</param>
    public bool IsOver(ClusterView after)
    {
        var isOver = true;
        for (var slot = 0; slot < HashSlot.Count; slot++)
        {
            var (owner, receiver) = _view.HoldersOf(slot);
            var isSame = (owner, receiver) == after.HoldersOf(slot) && (owner is null || _complete.Contains(owner)) && (receiver is null || _complete.Contains(receiver));
            _isDone[slot] |= isSame && (receiver is null || _wasOpen[slot]);
            _wasOpen[slot] = isSame && receiver is not null;
            isOver &= _isDone[slot];
        }

        _complete.Clear();
        _view = after;
        return isOver;
    }
}
