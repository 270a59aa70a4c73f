namespace Cistern.Servers;

/// <summary>The programs of servers that are installed here.</summary>
public static class ServerPrograms
{
    private static readonly string[] MoreFolders = ["/usr/bin", "/usr/sbin", "/usr/local/bin", .. PostgreSqlFolders()];

    /// <summary>The full path of a program; skips the test where it is not installed, or fails it where services are required.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="package">The Debian package that has it.</param>
    public static string Require(string program, string package)
    {
        if (Find(program) is { } path) return path;
        var missing = $"{program} is not installed (Debian: apt-get install {package}).";
        if (Environment.GetEnvironmentVariable("CISTERN_REQUIRE_SERVICES") == "1") Assert.Fail(missing);
        Assert.Skip(missing);
        return "";
    }

    /// <summary>The full path of a program; null where it is not installed, or <c>CISTERN_WITHOUT_SERVICES=1</c> says to take it as not.</summary>
    public static string? Find(string program)
    {
        if (Environment.GetEnvironmentVariable("CISTERN_WITHOUT_SERVICES") == "1") return null;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Concat(MoreFolders).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
    }

    // Debian keeps each version's programs in a folder of its own, off the PATH; the newest first.
    private static IEnumerable<string> PostgreSqlFolders()
    {
        const string Root = "/usr/lib/postgresql";
        if (!Directory.Exists(Root)) return [];
        return Directory.EnumerateDirectories(Root).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0).Select(folder => Path.Combine(folder, "bin"));
    }
}
