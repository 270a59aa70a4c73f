using System.Text.Json;

namespace Cistern;

/// <summary>Takes the entries of a snapshot into the table: all of one that is whole or trusted, and of another only those whose checksum holds.</summary>
internal sealed class SnapshotLoad(string path, byte[] snapshot, SidecarFile? sidecar, RecoveredEntries table, FindingList findings, long now)
{
    private readonly RecordBuffer _checksums = new();

    /// <summary>Takes every entry.</summary>
    /// <exception cref="JsonException">The snapshot is no JSON object.</exception>
    public void TakeAll()
    {
        if (snapshot.AsSpan().IndexOfAnyExcept(" \t\r\n"u8) < 0) return;
        var reader = new SnapshotReader(snapshot, now);
        while (reader.Next())
        {
            if (reader.State is { } state) Take(reader.Key!, state);
            else findings.Add(Where(reader.Key), $"It is left out: {reader.Problem}.");
        }
    }

    /// <summary>Whether the whole snapshot is a JSON object, before anything of it is taken.</summary>
    public bool IsJson()
    {
        try
        {
            var reader = new SnapshotReader(snapshot, now);
            while (reader.Next())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Takes the entries that are as the sidecar says they are, wherever they lie now.</summary>
    public void TakeVerified()
    {
        var places = sidecar?.Places ?? [];
        var taken = new HashSet<string>();
        var refused = new Dictionary<string, string>();
        try
        {
            var reader = new SnapshotReader(snapshot, now);
            while (reader.Next())
            {
                var problem = reader.Problem ?? TakeIfVerified(reader.Key!, reader.State!.Value, places);
                if (problem is null) taken.Add(reader.Key!);
                else refused[reader.Key ?? ""] = problem;
            }
        }
        catch (JsonException fault)
        {
            findings.Add(path, $"It is no JSON object ({Place(fault)}). Its entries are looked for where the sidecar has them.");
        }

        foreach (var (key, place) in places)
        {
            if (taken.Contains(key)) continue;
            if (Slice(place) is { } slice && TakeIfVerified(key, slice, places) is null) refused.Remove(key);
            else if (!refused.ContainsKey(key)) refused[key] = "it is damaged or gone";
        }

        foreach (var (key, problem) in refused) findings.Add(Where(key), $"It is left out: {problem}.");
    }

    public static string Place(JsonException fault) => fault.LineNumber is { } line ? $"line {line + 1}, byte {fault.BytePositionInLine + 1}" : fault.Message;

    private string? TakeIfVerified(string key, in HeldState state, Dictionary<string, SnapshotPlace> places)
    {
        if (!places.TryGetValue(key, out var place)) return "the sidecar does not know it, as something else wrote it; foreign=accept would take it over";
        if (_checksums.ChecksumOf(key, state) != place.Checksum) return "it is not what the sidecar says it was; foreign=accept would take it over";
        Take(key, state);
        return null;
    }

    private void Take(string key, in HeldState state) =>
        table.Take(key, sidecar is not null && sidecar.Places.TryGetValue(key, out var place) ? state.CreatedOn(place.CreatedAt) : state);

    // The entry alone, where it was written: damage elsewhere does not reach it.
    private HeldState? Slice(in SnapshotPlace place)
    {
        if (place.Offset < 0 || place.Length < 0 || place.Length > snapshot.Length || place.Offset > snapshot.Length - place.Length) return null;
        try
        {
            var reader = new SnapshotReader([.. "{"u8, .. snapshot.AsSpan((int)place.Offset, (int)place.Length), .. "}"u8], now);
            return reader.Next() ? reader.State : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string Where(string? key) => key is null ? path : $"{path}, entry {key}";
}
