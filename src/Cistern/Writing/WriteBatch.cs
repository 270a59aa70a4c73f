namespace Cistern;

/// <summary>
/// Some records on their way, in order. One batch is shared by all backends: it does not change once it is queued, and goes when the last
/// of them is done with it.
/// </summary>
internal sealed class WriteBatch(int capacity)
{
    private readonly SetRequest[] _requests = new SetRequest[capacity];
    private readonly (long Number, long? Line)[] _places = new (long Number, long? Line)[capacity];

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    public bool IsFull => Count == _requests.Length;

    public ArraySegment<SetRequest> Requests => new(_requests, 0, Count);

    public (long Number, long? Line) PlaceOf(int index) => _places[index];

    public void Add(in SetRequest request, long number, long? line, long bytes)
    {
        _requests[Count] = request;
        _places[Count] = (number, line);
        Count++;
        Bytes += bytes;
    }
}
