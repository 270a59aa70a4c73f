using System.Globalization;

namespace Cistern;

/// <summary>What a node of a cluster says of itself.</summary>
/// <param name="Id">Its id.</param>
/// <param name="OpenSlots">The slots that it is giving away, or taking over.</param>
internal sealed record ClusterNode(string Id, IReadOnlyList<OpenSlot> OpenSlots)
{
    // Id, address, flags, master, three numbers, link; then the slots.
    private const int WordsBeforeSlots = 8;

    /// <summary>Reads an answer to <c>CLUSTER NODES</c>, which has a line for each node, and only in the answering one's own the open slots: <c>[77-&gt;-id]</c> goes there, <c>[93-&lt;-id]</c> comes from there.</summary>
    /// <exception cref="IOException">The node does not name itself.</exception>
    public static ClusterNode Parse(string nodes)
    {
        foreach (var line in nodes.Split('\n'))
        {
            var words = line.Split(' ');
            if (words is not [var id, _, var flags, ..] || !flags.Contains("myself", StringComparison.Ordinal)) continue;
            return new ClusterNode(id, [.. words.Skip(WordsBeforeSlots).Where(word => word.StartsWith('[')).Select(word => Read(word.Trim('[', ']'), id))]);
        }

        throw new IOException("a node of the cluster does not name itself");
    }

    private static OpenSlot Read(string text, string id)
    {
        const int Arrow = 3;
        var end = text.IndexOf('-');
        var slot = int.Parse(text.AsSpan(0, end), CultureInfo.InvariantCulture);
        var other = text[(end + Arrow)..];
        return text[end + 1] == '>' ? new OpenSlot(slot, id, other) : new OpenSlot(slot, other, id);
    }
}
