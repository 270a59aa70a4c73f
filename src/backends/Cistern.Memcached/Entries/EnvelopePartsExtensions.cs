namespace Cistern;

/// <summary>Asks for parts without <see cref="Enum.HasFlag"/>, which allocates until the code that calls it is optimised.</summary>
internal static class EnvelopePartsExtensions
{
    public static bool Has(this EnvelopeParts parts, EnvelopeParts part) => (parts & part) != EnvelopeParts.None;
}
