using System.Text;

namespace Cistern.Tests;

/// <summary>Every bit of a small journal, flipped alone: the keys of its record are missed, or where it is the last one as they were before; all other keys are as they were written.</summary>
public sealed class JournalFlipTests : IDisposable
{
    private static readonly Action<FileBackend>[] Writes =
    [
        backend => backend.Set("key 1", "one"u8.ToArray()),
        backend => backend.Set("key 3", new byte[] { 1, 2, 3, 4, 5, 5, 5, 5 }),
        backend => backend.TouchAsync("folded", TimeSpan.FromHours(2)).AsTask().GetAwaiter().GetResult(),
        backend => backend.SetManyAsync([new SetRequest("key 2", Value("two")), new SetRequest("key 4", Value("four"))]).AsTask().GetAwaiter().GetResult(),
        backend => backend.Delete("key 5"),
        backend => backend.Delete("key 9", 7),
        backend => backend.Set("key 7", "seven"u8.ToArray(), new SetOptions { TimeToLive = TimeSpan.FromHours(1), Metadata = new Dictionary<string, string> { ["a"] = "b" } }),
        backend => backend.Set("key 8", "last"u8.ToArray()),
    ];

    private static readonly string[][] Keys = [["key 1"], ["key 3"], ["folded"], ["key 2", "key 4"], ["key 5"], ["key 9"], ["key 7"], ["key 8"]];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BitFlip_InAnyRecord_OtherKeysSurvive()
    {
        var (ends, after) = Write();
        var journal = File.ReadAllBytes(_folder.Cache + ".journal");
        for (var bit = 0; bit < 8 * journal.Length; bit++)
        {
            var found = ReadFlipped(journal, bit);
            var record = ends.FindIndex(end => bit / 8 < end);
            foreach (var (key, value) in after[^1])
            {
                var isDamaged = record >= 0 && bit / 8 >= FileHeader.Bytes && Keys[record].Contains(key);
                var actual = found.GetValueOrDefault(key);
                if (!isDamaged) Assert.True(value == actual, $"Bit {bit % 8} of byte {bit / 8}, in record {record}: {key} is {actual ?? "gone"} and not {value}.");
                else if (record < Writes.Length - 1) Assert.True(actual is null, $"Bit {bit % 8} of byte {bit / 8}, in record {record}: {key} is {actual} and no miss.");
                else Assert.Equal(after[record].GetValueOrDefault(key), actual);
            }

            Assert.True(found.Keys.All(after[^1].ContainsKey), $"Bit {bit % 8} of byte {bit / 8}, in record {record}: {Model.Show(found)}");
        }
    }

    [Fact]
    public async Task BitFlip_InAClear_BringsNothingBack()
    {
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            backend.Set("old", "1"u8.ToArray());
        }

        long from, to;
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            backend.Set("older", "2"u8.ToArray());
            from = JournalBytes;
            await backend.ClearAsync();
            to = JournalBytes;
            backend.Set("new", "3"u8.ToArray());
            backend.Abandon();
        }

        var journal = File.ReadAllBytes(_folder.Cache + ".journal");
        for (var bit = 8 * from; bit < 8 * to; bit++) Assert.Equal(["new"], ReadFlipped(journal, (int)bit).Keys);
    }

    [Fact]
    public void TwoFlippedBits_InOneRecord_OtherKeysSurvive()
    {
        var (ends, after) = Write();
        var journal = File.ReadAllBytes(_folder.Cache + ".journal");
        var kind = (int)ends[0] + Frame.HeadBytes;
        Assert.Equal((byte)OperationKind.Set, journal[kind]);
        journal[kind] = (byte)OperationKind.Clear;
        var found = ReadFlipped(journal, 8 * (int)(ends[1] - 1));
        foreach (var (key, value) in after[^1])
        {
            if (key != "key 3") Assert.Equal(value, found.GetValueOrDefault(key));
        }
    }

    private long JournalBytes => new FileInfo(_folder.Cache + ".journal").Length;

    private static byte[] Value(string text) => Encoding.UTF8.GetBytes(text);

    // Where each record ends, and what is there after each.
    private (List<long> Ends, List<Dictionary<string, string>> After) Write()
    {
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            foreach (var key in new[] { "folded", "key 5", "key 6", "key 8", "key 9" }) backend.Set(key, Value($"old {key}"));
        }

        using (var backend = FileBackend.Open(_folder.Cache))
        {
            List<long> ends = [];
            List<Dictionary<string, string>> after = [Model.Read(backend)];
            foreach (var write in Writes)
            {
                write(backend);
                ends.Add(JournalBytes);
                after.Add(Model.Read(backend));
            }

            backend.Abandon();
            return (ends, after);
        }
    }

    private Dictionary<string, string> ReadFlipped(byte[] journal, int bit)
    {
        var damaged = (byte[])journal.Clone();
        damaged[bit / 8] ^= (byte)(1 << bit % 8);
        File.WriteAllBytes(_folder.Cache + ".journal", damaged);
        using var backend = FileBackend.Open(_folder.Cache, new FileBackendOptions { IsReadOnly = true });
        Assert.NotEmpty(backend.Findings);
        return Model.Read(backend);
    }
}
