using System.Globalization;

namespace Cistern.Cli;

/// <summary>The bounds that somebody chose, some perhaps as parts of keys that are not counted yet. Immutable.</summary>
internal sealed class BoundChoice
{
    private const decimal Whole = 100;
    private const string AllowedCapacity = "a whole number of entries, at least 1, or a part of the distinct keys from above 0% to 100%, such as 10000 or 10%";

    private static readonly decimal[] DefaultPercents = [1, 2, 5, 10, 25, 50];

    private readonly ReplayMeasure _measure;
    private readonly IReadOnlyList<long> _amounts;
    private readonly IReadOnlyList<decimal> _percents;

    private BoundChoice(ReplayMeasure measure, IReadOnlyList<long> amounts, IReadOnlyList<decimal> percents) => (_measure, _amounts, _percents) = (measure, amounts, percents);

    /// <summary>1, 2, 5, 10, 25 and 50 % of the distinct keys.</summary>
    public static BoundChoice Default { get; } = OfPercents(DefaultPercents);

    /// <summary>Parts of the distinct keys.</summary>
    /// <param name="percents">In percent, above 0.</param>
    public static BoundChoice OfPercents(IReadOnlyList<decimal> percents) => new(ReplayMeasure.Capacity, [], percents);

    /// <summary>Reads capacities: numbers of entries, and percentages.</summary>
    /// <param name="texts">Each some of them, between commas.</param>
    /// <exception cref="BadInputException">One is neither.</exception>
    public static BoundChoice ParseCapacities(IEnumerable<string> texts)
    {
        var (amounts, percents) = (new List<long>(), new List<decimal>());
        foreach (var text in Split(texts))
        {
            if (text is [.., '%'] && decimal.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and <= Whole) percents.Add(percent);
            else if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var amount) && amount >= 1) amounts.Add(amount);
            else throw new BadInputException($"--capacity: must be {AllowedCapacity}; found '{text}'");
        }

        return new BoundChoice(ReplayMeasure.Capacity, amounts, percents);
    }

    /// <summary>Reads bounds in bytes.</summary>
    /// <param name="measure">What they bound.</param>
    /// <param name="option">The option that gave them.</param>
    /// <param name="texts">Each some of them, between commas.</param>
    /// <exception cref="BadInputException">One is no number of bytes.</exception>
    public static BoundChoice ParseBytes(ReplayMeasure measure, string option, IEnumerable<string> texts) =>
        new(measure, [.. Split(texts).Select(text => ByteSizeText.Parse(text) ?? throw new BadInputException($"{option}: must be {ByteSizeText.Allowed}; found '{text}'"))], []);

    /// <summary>The bounds, the smallest first; of equal ones the first.</summary>
    /// <param name="distinctKeys">How many distinct keys there are; a part of them is rounded down, to at least 1.</param>
    public IReadOnlyList<ReplayBound> Resolve(long distinctKeys)
    {
        var parts = _percents.Select(percent => new ReplayBound(_measure, Math.Max(1, (long)(distinctKeys * percent / Whole))) { Percent = percent });
        return [.. _amounts.Select(amount => new ReplayBound(_measure, amount)).Concat(parts).DistinctBy(bound => bound.Amount).OrderBy(bound => bound.Amount)];
    }

    private static IEnumerable<string> Split(IEnumerable<string> texts) => texts.SelectMany(text => text.Split(','));
}
