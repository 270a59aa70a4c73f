using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Cistern.Tests;

/// <summary>Runs a test in each <see cref="Form"/>.</summary>
public sealed class EachFormAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Enum.GetValues<Form>().Select(form => new TheoryDataRow<Form>(form))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
