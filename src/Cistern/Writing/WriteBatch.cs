namespace Cistern;

/// <summary>
/// Some records on their way, in order. One batch is shared by all backends: it does not change once it is queued, and goes when the last
/// of them is done with it.
/// </summary>
/// <param name="capacity">The most records.</param>
/// <param name="expected">How many there will probably be: large records make small batches, whose arrays should not outweigh them.</param>
internal sealed class WriteBatch(int capacity, int expected)
{
    private SetRequest[] _requests = new SetRequest[expected];
    private (long Number, long? Line)[] _places = new (long Number, long? Line)[expected];
    private HashSet<int>? _onlyWhereAbsent;
    private bool _mayEnd;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    public bool IsFull => Count == capacity;

    public ArraySegment<SetRequest> Requests => new(_requests, 0, Count);

    /// <summary>Whether all of it can be given to a backend as it is.</summary>
    public bool IsPlain => _onlyWhereAbsent is null && !_mayEnd;

    /// <summary>Whether a record with a version is to be left where anything is.</summary>
    public bool IsOnlyWhereAbsent(int index) => _onlyWhereAbsent?.Contains(index) == true;

    public (long Number, long? Line) PlaceOf(int index) => _places[index];

    /// <summary>Has the record that was added last left where anything is.</summary>
    public void LeaveWherePresent() => (_onlyWhereAbsent ??= []).Add(Count - 1);

    public void Add(in SetRequest request, long number, long? line, long bytes)
    {
        if (Count == _requests.Length)
        {
            var larger = (int)Math.Min(2L * Count, capacity);
            Array.Resize(ref _requests, larger);
            Array.Resize(ref _places, larger);
        }

        _requests[Count] = request;
        _places[Count] = (number, line);
        _mayEnd |= request.Options is { ExpiresAt: not null } or { AbsoluteExpiration: not null };
        Count++;
        Bytes += bytes;
    }
}
