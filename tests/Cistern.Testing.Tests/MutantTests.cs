namespace Cistern.Tests;

/// <summary>The suite tested in its turn: it lets a right backend through, and no broken one.</summary>
public sealed class MutantTests(ITestOutputHelper output)
{
    private const int EnoughFailures = 5;

    public static TheoryData<string> Mutants => [.. Types.Select(type => type.Name)];

    private static Type[] Types { get; } = [.. typeof(DictionaryBackend).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(DictionaryBackend))).OrderBy(type => type.Name, StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Mutants))]
    public async Task Suite_BrokenBackend_IsCaught(string mutant)
    {
        var caught = await FailuresAsync(Types.Single(type => type.Name == mutant), EnoughFailures);
        output.WriteLine($"{mutant}: caught by {string.Join(", ", caught.Select(failure => failure.Test))}");
        Assert.NotEmpty(caught);
    }

    [Fact]
    public async Task Suite_ReferenceBackend_Passes()
    {
        var failures = await FailuresAsync(typeof(DictionaryBackend), int.MaxValue);
        Assert.True(failures.Count == 0, string.Join('\n', failures.Select(failure => $"{failure.Test}: {failure.Thrown.Message}")));
    }

    [Fact]
    public void Suite_ItsTests_AreFoundInEveryArea()
    {
        foreach (var area in SuiteTest.All.GroupBy(test => test.Area)) output.WriteLine($"{area.Key}: {area.Count()}");
        output.WriteLine($"{SuiteTest.All.Count} tests, {Types.Length} mutants");
        Assert.True(SuiteTest.All.Count >= 300);
        Assert.True(Types.Length >= 20);
    }

    private static async Task<List<(SuiteTest Test, Exception Thrown)>> FailuresAsync(Type backend, int enough)
    {
        var failures = new List<(SuiteTest, Exception)>();
        foreach (var test in SuiteTest.All)
        {
            if (await test.RunAsync(new DictionaryContract(backend)) is not { } thrown) continue;
            failures.Add((test, thrown));
            if (failures.Count == enough) break;
        }

        return failures;
    }
}
