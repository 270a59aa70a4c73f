using System.Diagnostics;

namespace Cistern.Tests;

/// <summary>The worker beside these tests, as a process of its own.</summary>
internal static class WorkerProcess
{
    public static Process Start(params string[] arguments)
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return Process.Start(new ProcessStartInfo(host, ["exec", Path.Combine(AppContext.BaseDirectory, "Cistern.Sqlite.Worker.dll"), .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false })!;
    }
}
