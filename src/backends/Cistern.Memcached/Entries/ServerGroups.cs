namespace Cistern;

/// <summary>The parts of a batch by the server that each goes to, in the order of the batch.</summary>
internal static class ServerGroups
{
    /// <summary>Sorts parts by their servers.</summary>
    /// <param name="count">How many parts there are.</param>
    /// <param name="servers">How many servers there are.</param>
    /// <param name="serverOf">The server of a part.</param>
    /// <returns>For each server the indices of its parts.</returns>
    public static int[][] Of(int count, int servers, Func<int, int> serverOf)
    {
        var owners = new int[count];
        var counts = new int[servers];
        for (var i = 0; i < count; i++) counts[owners[i] = serverOf(i)]++;
        var groups = new int[servers][];
        for (var server = 0; server < servers; server++) groups[server] = new int[counts[server]];
        Array.Clear(counts);
        for (var i = 0; i < count; i++) groups[owners[i]][counts[owners[i]]++] = i;
        return groups;
    }
}
