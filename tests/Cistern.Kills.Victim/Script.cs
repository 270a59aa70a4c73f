namespace Cistern.Kills;

/// <summary>An endless list of writes, the same for the same seed: the victim does them, and whoever killed it knows what they were.</summary>
internal static class Script
{
    private const int Keys = 400;
    private const int MostInBatch = 40;

    /// <summary>The steps from a place on.</summary>
    public static IEnumerable<Step> From(long number)
    {
        for (; ; number++) yield return At(number);
    }

    private static Step At(long number)
    {
        var random = new Random(HashOf(number));
        return random.Next(1000) switch
        {
            < 700 => new Step(StepKind.Set, [Key(random)], number),
            < 850 => new Step(StepKind.SetMany, [.. Enumerable.Range(0, random.Next(2, MostInBatch)).Select(_ => Key(random)).Distinct()], number),
            < 998 => new Step(StepKind.Delete, [Key(random)], number),
            _ => new Step(StepKind.Clear, [], number),
        };
    }

    // Hot keys are overwritten again and again, so that a file compacts and a stale value would show.
    private static string Key(Random random) => $"key/{random.Next(random.Next(2) == 0 ? 20 : Keys)}";

    private static int HashOf(long number) => (int)((ulong)number * 0x9E37_79B9_7F4A_7C15 >> 33);
}
