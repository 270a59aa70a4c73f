using System.Net.Sockets;
using System.Text;
using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>Talks to a server beside the backend under test.</summary>
internal static class RawTalk
{
    /// <summary>Sends commands; returns all that is answered, as Latin-1, without the end that is asked for behind them.</summary>
    public static async Task<string> AskAsync(MemcachedServer server, string commands)
    {
        const string End = "MN\r\n";
        using var client = new TcpClient();
        await client.ConnectAsync(Loopback.Host, server.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"{commands}mn\r\n"));
        var answer = new StringBuilder();
        var buffer = new byte[64 * 1024];
        while (!answer.ToString().EndsWith(End, StringComparison.Ordinal))
        {
            var length = await stream.ReadAsync(buffer);
            if (length == 0) break;
            answer.Append(Encoding.Latin1.GetString(buffer, 0, length));
        }

        return answer.ToString()[..^End.Length];
    }

    /// <summary>Stores a value as any client may.</summary>
    public static async Task StoreAsync(MemcachedServer server, string name, byte[] value) =>
        Assert.Equal("HD\r\n", await AskAsync(server, $"ms {name} {value.Length}\r\n{Encoding.Latin1.GetString(value)}\r\n"));

    /// <summary>What is stored under a name; null: nothing.</summary>
    public static async Task<byte[]?> ReadAsync(MemcachedServer server, string name)
    {
        var answer = await AskAsync(server, $"mg {name} v\r\n");
        if (!answer.StartsWith("VA ", StringComparison.Ordinal)) return null;
        var line = answer.IndexOf("\r\n", StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(answer[(line + 2)..^2]);
    }
}
