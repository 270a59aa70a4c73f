using System.Reflection;
using System.Xml.Linq;

namespace Cistern.Tests;

/// <summary>Every public member says what it is. That it has a comment at all is the compiler's to hold (CS1591); here, that there is something in it.</summary>
public sealed class DocumentationTests
{
    public static TheoryData<string> Assemblies => PublicSurfaceTests.Assemblies;

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void PublicMember_ItsDocumentation_HasASummaryOrInheritsOne(string assembly)
    {
        var documented = Load(assembly);
        Offenders.None(PublicSurface.Members(Repository.Load(assembly)).Where(member => !IsTest(member) && !HasSummary(member, documented)).Select(DocumentationId.Of));
    }

    [Fact]
    public void PublicSurface_OfTheCore_IsSeenByTheseTests() => Assert.True(PublicSurface.Members(Repository.Load("Cistern")).Count() > 100);

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void PublicMember_ItsReferences_Resolve(string assembly) =>
        Offenders.None(Load(assembly).SelectMany(pair => pair.Value.DescendantsAndSelf().Attributes("cref").Where(reference => reference.Value.StartsWith("!:", StringComparison.Ordinal)).Select(reference => $"{pair.Key}: {reference.Value}")));

    private static Dictionary<string, XElement> Load(string assembly) =>
        XDocument.Load(Path.Combine(AppContext.BaseDirectory, assembly + ".xml")).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);

    // The name of a test says what it holds; the suite has hundreds.
    private static bool IsTest(MemberInfo member) => member.GetCustomAttributes().Any(attribute => attribute is Xunit.v3.IFactAttribute);

    private static bool HasSummary(MemberInfo member, Dictionary<string, XElement> documented)
    {
        // A constructor that nobody wrote cannot be documented; one that somebody wrote is the compiler's to ask for.
        if (!documented.TryGetValue(DocumentationId.Of(member), out var documentation)) return member is ConstructorInfo constructor && constructor.GetParameters().Length == 0;
        if (documentation.Element("inheritdoc") is not { } inherited) return !string.IsNullOrWhiteSpace(documentation.Element("summary")?.Value) || documentation.Element("summary")?.HasElements == true;

        // The compiler checks a cref; without one there must be something to inherit from.
        return inherited.Attribute("cref") is not null || Inherits(member);
    }

    private static bool Inherits(MemberInfo member) => member switch
    {
        Type type => type.BaseType is not null || type.GetInterfaces().Length > 0,
        PropertyInfo property => Inherits(property.GetAccessors(nonPublic: true)[0]),
        EventInfo happening => Inherits(happening.AddMethod!),
        MethodInfo method => method.GetBaseDefinition() != method || ImplementsAnInterface(method),
        ConstructorInfo => true,
        _ => false,
    };

    private static bool ImplementsAnInterface(MethodInfo method) =>
        method.DeclaringType!.GetInterfaces().Any(contract => method.DeclaringType.GetInterfaceMap(contract).TargetMethods.Contains(method));
}
