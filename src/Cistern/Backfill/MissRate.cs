namespace Cistern;

/// <summary>A share of lookups, rounded to four decimals so that a decision and the figure that is reported for it always agree.</summary>
internal static class MissRate
{
    private const int Scale = 10_000;

    /// <summary>
    /// The quotient as a double, rounded by its exact binary value, ties to even: 1/32 gives 0.0312, 1/160 gives 0.0063, 3/160 gives 0.0187.
    /// <see cref="Math.Round(double, int)"/> scales in floating point first and is off by one in such cases.
    /// </summary>
    /// <param name="part">The part; 0 to <paramref name="whole"/>.</param>
    /// <param name="whole">The whole; 0 gives 0.</param>
    public static double Of(long part, long whole)
    {
        if (whole == 0) return 0;
        var quotient = (double)part / whole;
        if (quotient is 0 or >= 1) return quotient;

        var bits = BitConverter.DoubleToInt64Bits(quotient);
        var shift = 1075 - (int)(bits >> 52);
        if (shift > 120) return 0;
        var scaled = (UInt128)((bits & 0xF_FFFF_FFFF_FFFF) | 0x10_0000_0000_0000) * Scale;
        var rounded = scaled >> shift;
        var remainder = scaled - (rounded << shift);
        var half = UInt128.One << (shift - 1);
        if (remainder > half || (remainder == half && UInt128.IsOddInteger(rounded))) rounded++;
        return (double)rounded / Scale;
    }
}
