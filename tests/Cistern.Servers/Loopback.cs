using System.Net;
using System.Net.Sockets;

namespace Cistern.Servers;

/// <summary>Ports of this machine that nobody else has, for servers that nobody else reaches.</summary>
public static class Loopback
{
    /// <summary>The address that all servers listen on.</summary>
    public const string Host = "127.0.0.1";

    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Taken = [];

    /// <summary>A free port, which this process is given once. Another process may still take it before the server does: then the server does not start.</summary>
    /// <param name="second">How far above it another port must be free, too; 0: none.</param>
    public static int TakePort(int second = 0)
    {
        lock (Gate)
        {
            while (true)
            {
                using var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                var port = ((IPEndPoint)listener.LocalEndpoint).Port;

                // What is below may be some server's own port.
                if (port is > 10_000 and < 55_000 && (second == 0 || IsFree(port + second)) && Taken.Add(port)) return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Whether somebody accepts connections there.</summary>
    public static async Task<bool> IsListeningAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
