using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Cistern.Servers;

/// <summary>
/// A server that these tests started, and nobody else: ended by its process id. It dies with this process, however that ends: a shell between the
/// two reads a pipe that this process holds open, and kills the server when the pipe ends.
/// </summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    // The server's own id comes first, on standard output; then nothing more is read from there. Its log goes to a file.
    private const string Guard = """
        exec 2>/dev/null
        log=$1; shift
        "$@" </dev/null >>"$log" 2>&1 &
        server=$!
        echo $server
        read -r _
        kill -KILL $server
        wait $server
        """;

    private const int Kill9 = 9;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly Process _guard;
    private readonly string _log;

    private ServerProcess(Process guard, int id, string log)
    {
        _guard = guard;
        Id = id;
        _log = log;
    }

    /// <summary>The server's process id.</summary>
    public int Id { get; }

    /// <summary>Starts a server, and waits until it is ready.</summary>
    /// <param name="command">The program and its arguments; run as nobody when the tests run as root.</param>
    /// <param name="log">The file that its output is appended to.</param>
    /// <param name="isReady">Whether it is ready to be used; asked again and again.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="InvalidOperationException">It ended, or was not ready in time; the message has the end of its log.</exception>
    public static async Task<ServerProcess> StartAsync(string[] command, string log, Func<CancellationToken, Task<bool>> isReady, CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Guard, "guard", log, .. Unprivileged.Wrap(command)]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        var guard = Process.Start(start)!;
        var id = int.Parse((await guard.StandardOutput.ReadLineAsync(cancellationToken))!, CultureInfo.InvariantCulture);
        var server = new ServerProcess(guard, id, log);
        try
        {
            await server.WaitUntilAsync(isReady, cancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    /// <summary>Ends it at once, as <c>kill -9</c> does, and waits until it is gone, and its children, which notice.</summary>
    public async Task KillAsync()
    {
        var children = Children().ToList();
        await EndAsync(Kill9);
        var began = Stopwatch.GetTimestamp();
        while (children.Exists(IsRunning) && Stopwatch.GetElapsedTime(began) < LongestStop) await Task.Delay(Pause, TimeProvider.System);
    }

    /// <summary>Has it end as it likes to, and waits until it is gone. One that hangs goes on first.</summary>
    public Task StopAsync()
    {
        GoOn();
        return EndAsync(Terminate);
    }

    /// <summary>Stops it and its children where they are (SIGSTOP): they keep their connections, and answer nobody.</summary>
    public void Hang()
    {
        // The server first, so that it makes no more children meanwhile.
        Signal(Stop);
        SignalChildren(Stop);
    }

    /// <summary>Has them go on after <see cref="Hang"/>.</summary>
    public void GoOn()
    {
        SignalChildren(Continue);
        Signal(Continue);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_guard.HasExited) await EndGuardAsync();
        _guard.Dispose();
    }

    private async Task EndAsync(int signal)
    {
        if (_guard.HasExited) return;
        Signal(signal);
        var began = Stopwatch.GetTimestamp();
        while (IsRunning(Id) && Stopwatch.GetElapsedTime(began) < LongestStop) await Task.Delay(Pause, TimeProvider.System);
        await EndGuardAsync();
    }

    private async Task EndGuardAsync()
    {
        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync();
    }

    private void Signal(int signal)
    {
        if (!_guard.HasExited) _ = SendSignal(Id, signal);
    }

    private void SignalChildren(int signal)
    {
        foreach (var id in Children()) _ = SendSignal(id, signal);
    }

    private IEnumerable<int> Children()
    {
        if (_guard.HasExited) return [];
        return Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0).Where(id => id != 0 && ParentOf(id) == Id);
    }

    private static int ParentOf(int id)
    {
        try
        {
            // Behind the name, which may hold anything: the state, and the parent.
            var status = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(status[(status.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private async Task WaitUntilAsync(Func<CancellationToken, Task<bool>> isReady, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await isReady(cancellationToken))
        {
            if (!IsRunning(Id)) throw new InvalidOperationException($"The server ended as it started. {EndOfLog()}");
            if (Stopwatch.GetElapsedTime(began) > LongestStart) throw new InvalidOperationException($"The server was not ready after {LongestStart.TotalSeconds} s. {EndOfLog()}");
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    // A process that has ended stays as a zombie until the shell has waited for it.
    private static bool IsRunning(int id)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{id}/stat");
            return status[status.LastIndexOf(')') + 2] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    private string EndOfLog() => File.Exists(_log) ? $"Its log ends so:\n{string.Join('\n', File.ReadLines(_log).TakeLast(20))}" : "It has no log.";

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
