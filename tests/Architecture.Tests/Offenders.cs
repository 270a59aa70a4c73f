namespace Cistern.Tests;

/// <summary>Fails with the whole list of what breaks a rule, one to a line.</summary>
internal static class Offenders
{
    public static void None(IEnumerable<string> offenders)
    {
        var list = offenders.ToArray();
        if (list.Length > 0) Assert.Fail($"{list.Length} found:\n{string.Join('\n', list)}");
    }
}
