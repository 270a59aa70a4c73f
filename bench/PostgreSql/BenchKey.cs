using System.Globalization;

namespace Cistern.Bench;

/// <summary>The keys, of 19 bytes.</summary>
internal static class BenchKey
{
    public static string Of(int number) => $"key:{number.ToString("d15", CultureInfo.InvariantCulture)}";
}
