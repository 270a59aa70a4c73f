using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Cistern;

/// <summary>Asks a server on a new connection what it is. Whatever is no memcached server is found out here.</summary>
internal static class Handshake
{
    /// <summary>What a server says that has as many connections as it takes, before it closes a new one. It passes.</summary>
    public const string Full = "ERROR Too many open connections";

    // Both answers together have a few kilobytes.
    private const int LongestAnswer = 64 * 1024;

    // The first whose sets are written as they are today.
    private static readonly Version Oldest = new(1, 6, 10);

    /// <summary>Asks, and reads what is answered.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="began">When it was begun, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> counts.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="MemcachedFaultException">What answers is no memcached server, or one that is too old.</exception>
    public static async Task<ServerFacts> RunAsync(Socket socket, long began, CancellationToken cancellationToken)
    {
        for (var question = "stats\r\nstats settings\r\n"u8.ToArray().AsMemory(); !question.IsEmpty;) question = question[await socket.SendAsync(question, cancellationToken).ConfigureAwait(false)..];
        var answer = new byte[LongestAnswer];
        var length = 0;
        var figures = new Dictionary<string, string>();
        for (var (start, ends) = (0, 0); ends < 2;)
        {
            if (length == answer.Length) throw new MemcachedFaultException("what answers is no memcached server");
            var received = await socket.ReceiveAsync(answer.AsMemory(length), cancellationToken).ConfigureAwait(false);

            // A server that ends, or has too many connections: it may be back, unlike one that says what no memcached server does.
            if (received == 0) throw new SocketException((int)SocketError.ConnectionAborted, "the connection was closed before the server had said what it is");
            length += received;
            Read(answer.AsSpan(0, length), ref start, ref ends, figures);
        }

        if (Version.TryParse(figures.GetValueOrDefault("version"), out var version) && version < Oldest) throw new MemcachedFaultException($"memcached {version} is too old: {Oldest} or newer is needed");
        return new ServerFacts
        {
            BeganAt = began,
            Process = Figure(figures, "pid"),
            Time = Figure(figures, "time"),
            Uptime = Figure(figures, "uptime"),
            Connections = Figure(figures, "total_connections"),
            ProcessorSeconds = Seconds(figures, "rusage_user") + Seconds(figures, "rusage_system"),
            LargestItem = Figure(figures, "item_size_max"),
            CountsChanges = figures.GetValueOrDefault("cas_enabled") == "yes",
            ListsKeys = figures.GetValueOrDefault("lru_crawler") == "yes" && figures.GetValueOrDefault("dump_enabled", "yes") == "yes",
        };
    }

    private static void Read(ReadOnlySpan<byte> answer, ref int start, ref int ends, Dictionary<string, string> figures)
    {
        while (answer[start..].IndexOf("\r\n"u8) is >= 0 and var length)
        {
            var line = Encoding.ASCII.GetString(answer.Slice(start, length));
            start += length + 2;
            if (line == "END") ends++;
            else if (line.Split(' ', 3) is ["STAT", var name, var text]) figures[name] = text;
            else if (line.Split(' ', 3) is ["STAT", var bare]) figures[bare] = "";
            else if (line == Full) throw new SocketException((int)SocketError.ConnectionRefused, $"the server takes no more connections: {line}");
            else throw new MemcachedFaultException(line.StartsWith("CLIENT_ERROR", StringComparison.Ordinal) ? $"the server refused: {line}" : "what answers is no memcached server");
        }

        // Something else may well answer without ends of lines; no line of these is this long.
        if (answer.Length - start > 1024) throw new MemcachedFaultException("what answers is no memcached server");
    }

    private static long Figure(Dictionary<string, string> figures, string name) =>
        long.TryParse(figures.GetValueOrDefault(name), out var number) ? number : throw new MemcachedFaultException($"the server does not tell its {name}");

    // 0: it does not tell, as on systems that do not count it.
    private static double Seconds(Dictionary<string, string> figures, string name) =>
        double.TryParse(figures.GetValueOrDefault(name), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
}
