using System.Collections;

namespace Cistern;

/// <summary>Commands of one entry each for one server, made as they are asked for: a list of them would be a large object for each batch. Immutable.</summary>
/// <param name="count">How many.</param>
internal sealed class SingleCommands(int count) : IReadOnlyList<BulkCommand>
{
    public int Count => count;

    public BulkCommand this[int index] => (uint)index < (uint)count ? new BulkCommand(index, 1, 0) : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<BulkCommand> GetEnumerator()
    {
        for (var i = 0; i < count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
