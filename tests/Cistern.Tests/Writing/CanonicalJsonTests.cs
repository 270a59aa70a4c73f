using System.Text;
using System.Text.Json;

namespace Cistern.Tests.Writing;

/// <summary>The canonical form of JSON: RFC 8785, with every digit of numbers kept.</summary>
public sealed class CanonicalJsonTests
{
    // The sample of RFC 8785, section 3.2.2, whose first number has more digits than a double and is rounded there.
    [Fact]
    public void Write_TheSampleOfTheStandard_IsItsCanonicalForm()
    {
        const string Sample = """
            {
              "numbers": [333333333.3333333, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """;

        Assert.Equal("""{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""", Canonical(Sample));
    }

    // The sample of section 3.2.3: the names as they are sorted there.
    [Fact]
    public void Write_NamesBeyondAscii_AreOrderedByTheirUtf16Units() =>
        Assert.Equal(
            "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":1,\"\ud83d\ude00\":5,\"\ufb33\":3}",
            Canonical("""{"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7}"""));

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("-0.0e5", "0")]
    [InlineData("1.0", "1")]
    [InlineData("10", "10")]
    [InlineData("100e-2", "1")]
    [InlineData("-12.340", "-12.34")]
    [InlineData("1e21", "1e+21")]
    [InlineData("1e20", "100000000000000000000")]
    [InlineData("123456789012345678901234", "1.23456789012345678901234e+23")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("0.0000001", "1e-7")]
    [InlineData("0.00000012", "1.2e-7")]
    [InlineData("9007199254740993", "9007199254740993")]
    [InlineData("1e-400", "1e-400")]
    [InlineData("1E+99999999999999999999", "1e+99999999999999999999")]
    public void Format_ANumber_IsItsShortestFormWithAllItsDigits(string literal, string expected) => Assert.Equal(expected, CanonicalNumber.Format(literal));

    // What JavaScript writes is the shortest form that a double has, and so is "R", but for its layout.
    [Fact]
    public void Format_TheShortestFormOfADouble_IsTheSameNumber()
    {
        var random = new Random(8785);
        for (var i = 0; i < 2000; i++)
        {
            var number = BitConverter.Int64BitsToDouble(random.NextInt64());
            if (!double.IsFinite(number)) continue;
            var literal = number.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            var written = CanonicalNumber.Format(literal);
            Assert.Equal(number, double.Parse(written, System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(written, CanonicalNumber.Format(written));
        }
    }

    // By another implementation: hashlib.sha256(json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
    [Theory]
    [InlineData("""{"name": "Bób", "n": 42, "x": [1, 2.5, null, true], "emoji": "😀"}""", "955cd6125d4d542e92e3114757f99ffe4e26495b50635a2589aabb9d087b24a6")]
    [InlineData("""{"n":42,"emoji":"\ud83d\ude00","x":[1,2.5,null,true],"name":"B\u00f3b"}""", "955cd6125d4d542e92e3114757f99ffe4e26495b50635a2589aabb9d087b24a6")]
    [InlineData("{}", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")]
    public void Hash_RecordsThatMeanTheSame_IsTheSame(string json, string expected)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Equal(expected, CanonicalJson.Hash(document.RootElement));
    }

    private static string Canonical(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Encoding.UTF8.GetString(CanonicalJson.Write(document.RootElement));
    }
}
