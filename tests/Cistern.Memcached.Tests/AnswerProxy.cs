using System.Net;
using System.Net.Sockets;

namespace Cistern.Tests;

/// <summary>Stands between a backend and a server, and changes what the server says, once it is told to.</summary>
public sealed class AnswerProxy : IAsyncDisposable
{
    private const int BufferBytes = 16 * 1024;

    private readonly int _serverPort;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;

    /// <summary>Starts one before a server.</summary>
    public AnswerProxy(int serverPort)
    {
        _serverPort = serverPort;

        // As a network, it holds little of what it carries.
        _listener.Server.ReceiveBufferSize = BufferBytes;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What becomes of a piece of the server's answers: pieces that are sent one after another. Null: it passes as it is.</summary>
    public Func<byte[], IEnumerable<byte[]>>? Change { get; set; }

    /// <summary>How long it waits behind each piece that it sends of a changed answer. Default: not at all.</summary>
    public TimeSpan Pause { get; set; }

    /// <summary>How long it waits behind each piece of what the backend sends, of 16 KB at most. Default: not at all.</summary>
    public TimeSpan RequestPause { get; set; }

    /// <summary>The address for a backend.</summary>
    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true) passing.Add(PassAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _serverPort, _end.Token);
                await Task.WhenAny(PumpAsync(client.GetStream(), server.GetStream(), null), PumpAsync(server.GetStream(), client.GetStream(), () => Change));
            }
            catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException)
            {
                // One side is gone: so is the other.
            }
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Func<Func<byte[], IEnumerable<byte[]>>?>? change)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            while (await from.ReadAsync(buffer, _end.Token) is var length and > 0)
            {
                var piece = buffer[..length];
                foreach (var part in change?.Invoke()?.Invoke(piece) ?? [piece])
                {
                    await to.WriteAsync(part, _end.Token);
                    if ((change is null ? RequestPause : Pause) is var pause && pause > TimeSpan.Zero) await Task.Delay(pause, TimeProvider.System, _end.Token);
                }
            }
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // As above.
        }
    }
}
