using System.Reflection;
using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>One test of the suite with its arguments, found as the test runner finds it, and run without it.</summary>
internal sealed record SuiteTest(MethodInfo Method, object?[] Arguments)
{
    public static IReadOnlyList<SuiteTest> All { get; } =
    [
        .. typeof(CacheBackendContract).GetMethods()
            .Where(method => method.IsDefined(typeof(FactAttribute), inherit: true))
            .SelectMany(method => ArgumentsOf(method).Select(arguments => new SuiteTest(method, arguments))),
    ];

    public string Area => Method.DeclaringType!.Name;

    /// <summary>Runs the test as the runner does; returns what it failed with, or null when it passed or was skipped.</summary>
    public async Task<Exception?> RunAsync(CacheBackendContract contract)
    {
        Exception? failure = null;
        try
        {
            await contract.InitializeAsync();
            if (Method.Invoke(contract, BindingFlags.DoNotWrapExceptions, binder: null, Arguments, culture: null) is Task running) await running;
        }
        catch (Xunit.Sdk.SkipException)
        {
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }

        try { await contract.DisposeAsync(); }
        catch (Exception thrown) { failure ??= thrown; }
        return failure;
    }

    public override string ToString() => Arguments.Length == 0 ? Method.Name : $"{Method.Name}({string.Join(", ", Arguments.Select(argument => argument ?? "null"))})";

    private static IEnumerable<object?[]> ArgumentsOf(MethodInfo method)
    {
        if (!method.IsDefined(typeof(TheoryAttribute), inherit: true)) return [[]];
        var inline = method.GetCustomAttributes<InlineDataAttribute>().Select(row => row.Data);
        var member = method.GetCustomAttributes<MemberDataAttribute>().SelectMany(data =>
            (IEnumerable<ITheoryDataRow>)method.DeclaringType!.GetProperty(data.MemberName, BindingFlags.Public | BindingFlags.Static | BindingFlags.FlattenHierarchy)!.GetValue(null)!).Select(row => row.GetData());
        return inline.Concat(member).Select(arguments => Spread(method, arguments));
    }

    // The last parameters may be gathered into one array.
    private static object?[] Spread(MethodInfo method, object?[] arguments)
    {
        var parameters = method.GetParameters();
        if (!parameters[^1].IsDefined(typeof(ParamArrayAttribute))) return arguments;
        return [.. arguments.Take(parameters.Length - 1), arguments.Skip(parameters.Length - 1).Cast<string>().ToArray()];
    }
}
