namespace Cistern.Tests;

/// <summary>Compares a text with an approved file of the repository. With <c>CISTERN_ACCEPT=1</c> the text becomes the approved one.</summary>
internal static class Approved
{
    public static bool IsAccepting { get; } = Environment.GetEnvironmentVariable("CISTERN_ACCEPT") == "1";

    public static void Check(string path, string received)
    {
        var approvedFile = Path.Combine(Repository.Root, path);
        var approved = File.Exists(approvedFile) ? File.ReadAllText(approvedFile).ReplaceLineEndings("\n") : "";
        if (approved == received) return;
        if (IsAccepting)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(approvedFile)!);
            File.WriteAllText(approvedFile, received);
            return;
        }

        var receivedFile = Path.Combine(Repository.Root, "artifacts", "received", Path.GetFileName(path));
        Directory.CreateDirectory(Path.GetDirectoryName(receivedFile)!);
        File.WriteAllText(receivedFile, received);
        var before = approved.Split('\n');
        var after = received.Split('\n');
        Assert.Fail($"""
            {path} differs from what the code has now (artifacts/received/{Path.GetFileName(path)}).
            {string.Join('\n', before.Except(after).Select(line => "- " + line.Trim()).Concat(after.Except(before).Select(line => "+ " + line.Trim())))}
            If the change is meant: CISTERN_ACCEPT=1 dotnet test tests/Architecture.Tests, and commit the file.
            """);
    }
}
