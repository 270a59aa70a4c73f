using Cistern;
using Samples;

const int Seconds = 4;

#region ServiceOptions
// The preset for services, with its times divided by 150, so that this sample shows in seconds what takes minutes.
// The cooldown stays longer than the window: whether a backfill helped is seen by lookups that came after it.
var refilling = BackfillOptions.ForServices with
{
    Window = MissWindow.OfDuration(TimeSpan.FromMilliseconds(200)),
    Cooldown = TimeSpan.FromMilliseconds(400),
    MinLookups = 20,
};
#endregion
var neverRefilling = refilling with { MaxBackfills = 0 };

Console.WriteLine("The cache is full, then flushed. Source reads in each second (hit rate):");
var without = await RunAsync("without backfill", neverRefilling);
var with = await RunAsync("with backfill", refilling);

var readsWithout = without.Skip(1).Sum(figures => figures.SourceReads);
var readsWith = with.Skip(1).Sum(figures => figures.SourceReads);
Console.WriteLine($"After the flush the source was read {readsWithout} times without backfill, {readsWith} times with it.");

if (readsWith * 2 < readsWithout && with[1].HitRate > without[1].HitRate && with[^1].HitRate > 0.9) return 0;
Console.Error.WriteLine("Expected: less than half the reads, a better hit rate in the first second, and over 90 % in the last.");
return 1;

static async Task<List<Figures>> RunAsync(string name, BackfillOptions options)
{
    await using var service = new Service(options);
    await service.StartAsync();
    var line = new List<Figures>();
    for (var second = 0; second < Seconds; second++)
    {
        if (second == 1) await service.FlushAsync();
        var before = service.Read();
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        line.Add(service.Read() - before);
    }

    var columns = line.Select((figures, second) => $"{(second == 0 ? "before" : $"+{second} s")}: {figures.SourceReads,4} ({figures.HitRate:P0})");
    Console.WriteLine($"{name,-17} {string.Join("   ", columns)}");
    foreach (var decision in service.Audit.Where(decision => decision.MissRate is not null))
    {
        Console.WriteLine($"    {decision.ActionName}: miss rate {decision.MissRate}, {decision.Loaded} loaded{(decision.Count > 1 ? $", {decision.Count} times" : "")}");
    }

    return line;
}
