using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;

namespace Cistern;

/// <summary>
/// A connection that many callers share: their commands go out behind one another, and the replies come in the same order. Ends as a whole: after a
/// fault, a reply that does not fit, or a whole timeout in which nothing came, nothing that comes can be trusted to come soon, and whoever waits is told.
/// Safe for concurrent use.
/// </summary>
internal sealed class Connection : IDisposable
{
    private const int UsualBytes = 64 * 1024;

    // What is sent at once, so that a slow network is seen to move.
    private const int MostSentBytes = 64 * 1024;

    // What this machine takes before a slow network does: it would hold several megabytes, for longer than a timeout, and nothing would be seen to move.
    private const int HeldBytes = 256 * 1024;

    private readonly Socket _socket;
    private readonly TimeSpan _timeout;
    private readonly Lock _gate = new();

    // Under the gate: what waits for replies, what is to be sent, and why it ended.
    private readonly ExchangeQueue _waiting;
    private SendBuffer _filling = new();
    private bool _isSending;
    private ulong _nextOpaque = 1;
    private Exception? _end;

    // The sender's own.
    private SendBuffer _sending = new();

    private int _load;
    private long _movedAt;

    private Connection(Socket socket, ServerAddress address, ServerFacts facts, TimeSpan timeout)
    {
        _socket = socket;
        _timeout = timeout;
        _waiting = new ExchangeQueue(timeout);
        Address = address;
        Facts = facts;
    }

    public ServerAddress Address { get; }

    public ServerFacts Facts { get; }

    /// <summary>How large answers are, as it has shown.</summary>
    public ReadPace Pace { get; } = new();

    /// <summary>Whether it has not ended yet.</summary>
    public bool IsOpen => Volatile.Read(ref _end) is null;

    /// <summary>How many exchanges wait for replies, or did a moment ago.</summary>
    public int Load => Volatile.Read(ref _load);

    /// <summary>Connects, and asks the server what it is.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="timeout">How long a call may last, and how long nothing may come while somebody waits.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Connection> OpenAsync(ServerAddress address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendBufferSize = HeldBytes };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancellationToken).ConfigureAwait(false);
            var connection = new Connection(socket, address, await Handshake.RunAsync(socket, began, cancellationToken).ConfigureAwait(false), timeout);
            _ = connection.ReceiveAsync();
            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends commands; the exchange completes with their last reply, or fails with the connection.</summary>
    /// <exception cref="MemcachedFaultException">The connection has ended.</exception>
    public void Post(Exchange exchange)
    {
        lock (_gate)
        {
            if (_end is not null) throw Ended(_end);
            var length = _filling.Length;
            try
            {
                _nextOpaque = exchange.Begin(_filling, _nextOpaque);
            }
            catch
            {
                _filling.Truncate(length);
                throw;
            }

            _waiting.Enqueue(exchange);
            Volatile.Write(ref _load, _waiting.Count);
            if (_isSending) return;
            _isSending = true;
        }

        _ = SendAsync();
    }

    /// <summary>Tells calls whose time is over, and ends it if nothing comes any more.</summary>
    /// <param name="now">Now, as <see cref="Stopwatch.GetTimestamp"/> counts.</param>
    public void CheckDeadlines(long now)
    {
        bool isHung;
        List<Exchange>? late;
        lock (_gate)
        {
            isHung = _waiting.IsHung(now, Volatile.Read(ref _movedAt));
            late = isHung ? null : _waiting.Late(now);
        }

        if (isHung) End(NoAnswer());
        else late?.ForEach(exchange => exchange.Fail(Ended(NoAnswer())));
    }

    /// <summary>Ends it; whoever waits is told why.</summary>
    public void End(Exception reason)
    {
        Exchange[] left;
        lock (_gate)
        {
            if (_end is not null) return;
            _end = reason;
            left = _waiting.Clear();
            if (!_isSending) ReleaseBuffers();
        }

        // Not gracefully: a server that hangs would never see the rest.
        _socket.Close(0);
        foreach (var exchange in left) exchange.Fail(Ended(reason));
    }

    public void Dispose() => End(new ObjectDisposedException(nameof(MemcachedBackend)));

    private Exception Ended(Exception reason) => reason switch
    {
        ObjectDisposedException => new ObjectDisposedException(nameof(MemcachedBackend)),
        _ => new MemcachedFaultException($"{Address}: {reason.Message}", reason),
    };

    private MemcachedFaultException NoAnswer() => new($"no answer within {_timeout.TotalSeconds} s");

    // By whoever had something to send when nobody was sending, until nothing is left.
    private async Task SendAsync()
    {
        try
        {
            while (TakeFilled())
            {
                for (var left = _sending.Written; !left.IsEmpty;)
                {
                    var sending = _socket.SendAsync(left[..Math.Min(left.Length, MostSentBytes)]);

                    // What had to wait for room went because the other side took something. What did not may lie in this machine for ever.
                    var hadToWait = !sending.IsCompleted;
                    left = left[await sending.ConfigureAwait(false)..];
                    if (hadToWait) Volatile.Write(ref _movedAt, Stopwatch.GetTimestamp());
                }

                _sending.Clear();
            }
        }
        catch (Exception fault)
        {
            End(fault is SocketException or ObjectDisposedException ? new MemcachedFaultException($"the connection failed: {fault.Message}", fault) : fault);
            lock (_gate)
            {
                _isSending = false;
                ReleaseBuffers();
            }
        }
    }

    private bool TakeFilled()
    {
        lock (_gate)
        {
            if (_filling.Length > 0 && _end is null)
            {
                (_filling, _sending) = (_sending, _filling);
                return true;
            }

            _isSending = false;
            if (_end is not null) ReleaseBuffers();
            return false;
        }
    }

    // Under the gate, once it has ended and nobody sends.
    private void ReleaseBuffers()
    {
        _filling.Dispose();
        _sending.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(UsualBytes);
        try
        {
            for (var (start, end, needed) = (0, 0, 1); ;)
            {
                if (start == end) (start, end) = (0, 0);
                if (needed > buffer.Length - start || buffer.Length - end < UsualBytes / 4) buffer = MakeRoom(buffer, ref start, ref end, needed);
                var received = await _socket.ReceiveAsync(buffer.AsMemory(end)).ConfigureAwait(false);
                if (received == 0) throw new MemcachedFaultException("the server closed the connection");
                Volatile.Write(ref _movedAt, Stopwatch.GetTimestamp());
                end += received;
                if (end - start >= needed) start += Read(buffer.AsSpan(start, end - start), out needed);
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            End(new MemcachedFaultException($"the connection failed: {fault.Message}", fault));
        }
        catch (Exception fault)
        {
            // Also what nobody thought of: whoever waits must not wait for ever.
            End(fault);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private int Read(ReadOnlySpan<byte> received, out int needed)
    {
        var read = 0;
        while (read < received.Length)
        {
            if (!ReplyParser.TryRead(received[read..], (int)Math.Min(Facts.LargestItem, int.MaxValue / 2), out var reply, out needed)) return read;
            var exchange = Waiting() ?? throw new MemcachedFaultException("it sent a reply that nobody waits for");
            if (exchange.Take(reply)) Complete(exchange);
            read += needed;
        }

        needed = 1;
        return read;
    }

    private Exchange? Waiting()
    {
        lock (_gate) return _waiting.First();
    }

    private void Complete(Exchange exchange)
    {
        lock (_gate)
        {
            // It may have ended in between: then this one was failed with the others.
            if (!_waiting.RemoveFirst()) return;
            Volatile.Write(ref _load, _waiting.Count);
        }

        exchange.Complete();
    }

    private static byte[] MakeRoom(byte[] buffer, ref int start, ref int end, int needed)
    {
        var kept = end - start;
        var size = Math.Max(UsualBytes, needed + UsualBytes / 2);
        var other = size <= buffer.Length && buffer.Length <= 4 * size ? buffer : ArrayPool<byte>.Shared.Rent(size);
        buffer.AsSpan(start, kept).CopyTo(other);
        if (other != buffer) ArrayPool<byte>.Shared.Return(buffer);
        (start, end) = (0, kept);
        return other;
    }
}
