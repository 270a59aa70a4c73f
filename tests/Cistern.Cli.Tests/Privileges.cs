namespace Cistern.Cli.Tests;

/// <summary>What only root can do in a test, or must not do.</summary>
internal static class Privileges
{
    private const string Nobody = "65534";

    /// <summary>Runs a program as nobody; skips the test where that is not possible, or where nobody cannot reach the program.</summary>
    public static async Task<CliRun> RunWithoutAsync(string program, string[] args)
    {
        string[] asNobody = ["--reuid", Nobody, "--regid", Nobody, "--clear-groups"];
        Require(await HasAsync("setpriv", [.. asNobody, "test", "-x", program]), "setpriv, and a build folder that everybody may read");
        return await CliRun.ProcessAsync("setpriv", [.. asNobody, program, .. args], new() { ["HOME"] = Path.GetTempPath() });
    }

    /// <summary>Skips the test, visibly, where mounts of its own are not possible.</summary>
    public static async Task RequireMountsAsync() => Require(await HasAsync("unshare", ["-m", "true"]), "unshare -m, as root");

    private static void Require(bool isThere, string what)
    {
        if (isThere) return;
        Assert.False(Environment.GetEnvironmentVariable("CISTERN_REQUIRE_SERVICES") == "1", $"Needs {what}.");
        Assert.Skip($"Needs {what}.");
    }

    private static async Task<bool> HasAsync(string program, string[] args)
    {
        try { return (await CliRun.ProcessAsync(program, args)).ExitCode == 0; }
        catch (System.ComponentModel.Win32Exception) { return false; }
    }
}
