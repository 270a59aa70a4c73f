namespace Cistern.Cli.Tests;

/// <summary>
/// Compares what the program prints with a file that somebody approved. After a wanted change, <c>CISTERN_ACCEPT=1 dotnet test
/// tests/Cistern.Cli.Tests</c> writes the files anew; the diff is the review.
/// </summary>
internal static class Approval
{
    public static void Check(string actual, string name) => Check(actual, "tests", "Cistern.Cli.Tests", "Approved", name);

    public static void Check(string actual, params string[] path)
    {
        var file = Repository.File(path);
        if (Environment.GetEnvironmentVariable("CISTERN_ACCEPT") == "1") File.WriteAllText(file, actual);
        Assert.True(File.Exists(file), $"{file} does not exist yet: run with CISTERN_ACCEPT=1 and read it.");
        Assert.Equal(File.ReadAllText(file), actual);
    }
}
