using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Cistern.Servers;

/// <summary>
/// Stands between a client and a server of this machine, and does what networks do: loses everything that is sent, is slow, cuts connections, cuts
/// them in the midst of an answer, refuses new ones. Safe for concurrent use.
/// </summary>
public sealed class FaultyProxy : IAsyncDisposable
{
    private const int BufferBytes = 16 * 1024;

    private readonly int _serverPort;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly ConcurrentDictionary<Socket, byte> _silenced = new();
    private readonly Socket _listener;
    private readonly Task _accepting;
    private volatile bool _isSilent;
    private volatile bool _isRefusing;
    private long _delayTicks;
    private long _answerBytesLeft = long.MaxValue;
    private int _connections;

    /// <summary>Starts one before a server.</summary>
    /// <param name="serverPort">The server's port.</param>
    public FaultyProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port that clients connect to.</summary>
    public int Port { get; }

    /// <summary>How many connections were accepted so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>
    /// While true, whatever is sent in either direction is lost, though connections stay and are accepted: half-open connections. One that has lost something
    /// is silent for good, as no network loses a part of what TCP carries.
    /// </summary>
    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    /// <summary>While true, new connections are closed as soon as they are there.</summary>
    public bool IsRefusing
    {
        get => _isRefusing;
        set => _isRefusing = value;
    }

    /// <summary>How long each piece of an answer is held back. Default: not at all.</summary>
    public TimeSpan Delay
    {
        get => new(Interlocked.Read(ref _delayTicks));
        set => Interlocked.Exchange(ref _delayTicks, value.Ticks);
    }

    /// <summary>Cuts every connection, now.</summary>
    public void Cut()
    {
        foreach (var socket in _sockets.Keys) Close(socket);
    }

    /// <summary>Lets so many bytes of answers pass, then cuts every connection: in the midst of an answer. Afterwards everything passes again.</summary>
    public void CutAfter(long answerBytes) => Interlocked.Exchange(ref _answerBytesLeft, answerBytes);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        Cut();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_end.Token);
                if (_isRefusing) client.Dispose();
                else passing.Add(PassAsync(client));
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task PassAsync(Socket client)
    {
        Interlocked.Increment(ref _connections);
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        _sockets[client] = 0;
        _sockets[server] = 0;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _end.Token);
            await Task.WhenAll(PumpAsync(client, server, isAnswer: false), PumpAsync(server, client, isAnswer: true));
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side is gone: so is the other, below.
        }

        foreach (var socket in new[] { client, server })
        {
            _sockets.TryRemove(socket, out _);
            _silenced.TryRemove(socket, out _);
        }

        Close(client);
    }

    private async Task PumpAsync(Socket from, Socket to, bool isAnswer)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            while (await from.ReceiveAsync(buffer, _end.Token) is var length and > 0)
            {
                if (isAnswer && Delay > TimeSpan.Zero) await Task.Delay(Delay, TimeProvider.System, _end.Token);
                if (_isSilent)
                {
                    _silenced[from] = 0;
                    _silenced[to] = 0;
                }

                if (_silenced.ContainsKey(from)) continue;
                var passed = isAnswer ? (int)Math.Min(length, TakeAnswerBytes(length)) : length;
                for (var sent = 0; sent < passed;) sent += await to.SendAsync(buffer.AsMemory(sent, passed - sent), _end.Token);
                if (passed < length)
                {
                    Interlocked.Exchange(ref _answerBytesLeft, long.MaxValue);
                    Cut();
                    return;
                }
            }
        }
        finally
        {
            Close(from);
            Close(to);
        }
    }

    private long TakeAnswerBytes(int length)
    {
        if (Interlocked.Read(ref _answerBytesLeft) == long.MaxValue) return length;
        var left = Interlocked.Add(ref _answerBytesLeft, -length);
        return Math.Max(0, left + length);
    }

    // Not gracefully: the other side sees a reset, as when a machine dies or a firewall forgets.
    private static void Close(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // Closed already.
        }

        socket.Dispose();
    }
}
