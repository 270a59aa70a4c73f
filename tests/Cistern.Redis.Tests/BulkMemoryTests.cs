using System.Buffers;

namespace Cistern.Tests;

/// <summary>How much of a batch is held, or given to a script, at once.</summary>
public sealed class BulkMemoryTests
{
    [Fact]
    public void Buffer_AfterALargeValue_GivesItBack()
    {
        using var buffer = new RespBuffer();
        buffer.Begin(1);
        buffer.Write(new byte[10_000_000]);
        buffer.Trim();
        Assert.InRange(buffer.Capacity, 10_000_000, int.MaxValue);
        buffer.Clear();
        buffer.Trim();
        Assert.InRange(buffer.Capacity, 1, 1024 * 1024);
        buffer.Begin(1);
        buffer.Write("PING"u8);
        Assert.Equal("*1\r\n$4\r\nPING\r\n"u8.ToArray(), buffer.Written.ToArray());
    }

    [Fact]
    public void Plan_EntriesWithMuchMetadata_AreFewToOneScript()
    {
        var metadata = new Dictionary<string, string> { ["text"] = new string('x', 30_000) };
        var drafts = Enumerable.Range(0, 10).Select(i => Draft($"key {i}") with { Metadata = metadata }).ToList();
        var plan = new ScriptPlan(drafts, [.. Enumerable.Range(0, 10)], new SetOutcome[10], slotOf: null, new RedisBackendOptions());
        Assert.Equal([2, 2, 2, 2, 2], Assert.Single(plan.Waves).Select(command => command.Count));
    }

    [Fact]
    public void Plan_EntriesThatGoTogether_AreFewWhereTheyAreLarge()
    {
        var sizes = Enumerable.Repeat(10, 40).Concat([7_000, 7_000, 7_000, 1_000_000, 10, 10]).ToList();
        var drafts = sizes.Select((size, i) => Draft($"key {i}") with { Condition = SetCondition.Always, Value = new ReadOnlySequence<byte>(new byte[size]) }).ToList();
        var plan = new PlainPlan(drafts, [.. Enumerable.Range(0, sizes.Count)], isTogether: true, slotOf: null, new RedisBackendOptions());
        Assert.Equal([32, 10, 1, 1, 2], Assert.Single(plan.Waves).Select(command => command.Count));
    }

    [Fact]
    public void Plan_OneKeyManyTimes_IsInWaves()
    {
        var drafts = Enumerable.Range(0, 100).Select(i => Draft(i % 2 == 0 ? "often" : $"key {i}")).ToList();
        var plan = new ScriptPlan(drafts, [.. Enumerable.Range(0, 100)], new SetOutcome[100], slotOf: null, new RedisBackendOptions());
        Assert.Equal(100, plan.Waves.Sum(wave => wave.Sum(command => command.Count)));
        var often = plan.Waves.Select(wave => wave.Where(command => plan.DraftsOf(command).Any(draft => draft.Key == "often")).ToList()).ToList();
        Assert.All(often, commands => Assert.Single(commands));
        Assert.Equal(50, often.Sum(commands => plan.DraftsOf(commands[0]).Count(draft => draft.Key == "often")));
    }

    private static EntryDraft Draft(string key) => new()
    {
        Key = key,
        Value = new ReadOnlySequence<byte>("value"u8.ToArray()),
        CreatedAtMilliseconds = 1,
        Condition = SetCondition.IfAbsent,
    };
}
