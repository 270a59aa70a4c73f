using System.Globalization;
using System.Numerics;

namespace Cistern;

/// <summary>
/// Writes a JSON number as ECMAScript writes one (RFC 8785, section 3.2.2.3), from its digits instead of from a double, so that none is
/// rounded away. For what a double holds exactly in its shortest form, the result is the same.
/// </summary>
internal static class CanonicalNumber
{
    private const int MostWholeDigits = 21;
    private const int MostLeadingZeros = 6;

    /// <summary>Formats a number.</summary>
    /// <param name="literal">A number as JSON has it.</param>
    public static string Format(string literal)
    {
        var (digits, point, isNegative) = Parse(literal);
        if (digits.Length == 0) return "0";
        return (isNegative ? "-" : "") + Lay(digits, point);
    }

    // The digits without zeros around them, and how many of them stand before the point.
    private static (string Digits, BigInteger Point, bool IsNegative) Parse(string literal)
    {
        var isNegative = literal[0] == '-';
        var exponentAt = literal.AsSpan().IndexOfAny('e', 'E');
        var mantissa = literal[(isNegative ? 1 : 0)..(exponentAt < 0 ? literal.Length : exponentAt)];
        var exponent = exponentAt < 0 ? BigInteger.Zero : BigInteger.Parse(literal.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var pointAt = mantissa.IndexOf('.');
        var all = pointAt < 0 ? mantissa : mantissa.Remove(pointAt, 1);
        var significant = all.TrimStart('0');
        return (significant.TrimEnd('0'), exponent + (pointAt < 0 ? all.Length : pointAt) - (all.Length - significant.Length), isNegative);
    }

    private static string Lay(string digits, BigInteger point)
    {
        if (point > MostWholeDigits || point <= -MostLeadingZeros) return WithExponent(digits, point - 1);
        var whole = (int)point;
        if (whole <= 0) return $"0.{new string('0', -whole)}{digits}";
        return digits.Length <= whole ? digits.PadRight(whole, '0') : $"{digits[..whole]}.{digits[whole..]}";
    }

    private static string WithExponent(string digits, BigInteger exponent) =>
        $"{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(exponent.Sign >= 0 ? "+" : "-")}{BigInteger.Abs(exponent)}";
}
