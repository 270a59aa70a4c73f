using System.Numerics;

namespace Cistern.Tests.Backfill;

public sealed class MissRateTests
{
    [Theory]
    [InlineData(1, 32, 0.0312)]
    [InlineData(1, 160, 0.0063)]
    [InlineData(3, 160, 0.0187)]
    [InlineData(1, 3, 0.3333)]
    [InlineData(2, 3, 0.6667)]
    [InlineData(0, 7, 0)]
    [InlineData(7, 7, 1)]
    [InlineData(0, 0, 0)]
    [InlineData(19999, 20000, 1)]
    [InlineData(1, long.MaxValue, 0)]
    [InlineData(1, 20000, 0.0001)]
    [InlineData(1, 20001, 0)]
    public void Of_AKnownCase_IsWhatPythonGives(long part, long whole, double expected) => Assert.Equal(expected, MissRate.Of(part, whole));

    [Fact]
    public void Of_EveryQuotientUpTo700_IsTheExactBinaryValueRoundedHalfToEven()
    {
        for (var whole = 1; whole <= 700; whole++)
        {
            for (var part = 0; part <= whole; part++) Assert.Equal(RoundExactly((double)part / whole), MissRate.Of(part, whole));
        }
    }

    // By rational arithmetic: value = mantissa / 2^52 scaled by its exponent, nothing rounded on the way.
    private static double RoundExactly(double value)
    {
        if (value == 0) return 0;
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52) - 1075;
        var numerator = new BigInteger((bits & ((1L << 52) - 1)) | (1L << 52)) * 10_000;
        var denominator = BigInteger.One;
        if (exponent >= 0) numerator <<= exponent;
        else denominator <<= -exponent;
        var floor = BigInteger.DivRem(numerator, denominator, out var remainder);
        var twice = remainder * 2;
        if (twice > denominator || (twice == denominator && !floor.IsEven)) floor++;
        return (double)floor / 10_000;
    }
}
