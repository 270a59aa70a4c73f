using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Cistern;

/// <summary>
/// Asks a server for the names of all its items, on a connection of its own. By a walk over its hash table, bucket by bucket, each of them locked: what is
/// there throughout is named exactly once. (A walk along its lists of recent use misses what is moved in them meanwhile, and what is in use.) The server
/// walks for one client at a time and waits for that one to read: the names are taken as fast as they come, and kept.
/// </summary>
/// <param name="calls">The servers.</param>
/// <param name="server">The index of the one.</param>
/// <param name="keyPrefix">What the keys to be listed begin with; empty: all.</param>
internal sealed class KeyDump(ServerCalls calls, int server, string keyPrefix)
{
    private const int BufferBytes = 64 * 1024;

    // As long as a call, ten times: another client's listing of a large server takes seconds.
    private const int BusyTimeouts = 10;
    private const int LongestPauseMilliseconds = 50;

    private readonly byte[] _keyPrefix = Encoding.UTF8.GetBytes(keyPrefix);
    private readonly NameList _found = new();
    private string _refusal = "";

    private TimeSpan Patience => calls.Options.Timeout * BusyTimeouts;

    private ServerNode Node => calls.Nodes[server];

    /// <summary>The names that begin with the backend's prefix and belong to this server.</summary>
    /// <exception cref="NotSupportedException">The server does not list its keys.</exception>
    public async Task<NameList> ReadAsync(CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        if (!await Node.Listing.WaitAsync(Patience, cancellationToken).ConfigureAwait(false)) throw Busy("listing for somebody else of this process");
        try
        {
            for (var pause = 1; ; pause = Math.Min(2 * pause, LongestPauseMilliseconds))
            {
                _found.Clear();
                switch (await ReadOnceAsync(cancellationToken).ConfigureAwait(false))
                {
                    case DumpEnd.Whole: return _found;
                    case DumpEnd.Refused: throw new NotSupportedException($"{Node.Address} does not list its keys ({_refusal}); it must run without -X and with its LRU crawler");
                }

                if (TimeProvider.System.GetElapsedTime(began) > Patience) throw Busy(_refusal);
                await Task.Delay(TimeSpan.FromMilliseconds(pause), TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Node.Listing.Release();
        }
    }

    private async Task<DumpEnd> ReadOnceAsync(CancellationToken cancellationToken)
    {
        using var time = new CancellationTokenSource(calls.Options.Timeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(Node.Address.Host, Node.Address.Port, either.Token).ConfigureAwait(false);
            await socket.SendAsync("lru_crawler metadump hash\r\n"u8.ToArray(), either.Token).ConfigureAwait(false);
            var buffer = new byte[BufferBytes];
            for (var length = 0; ;)
            {
                if (length == buffer.Length) throw Garbage();
                var received = await socket.ReceiveAsync(buffer.AsMemory(length), either.Token).ConfigureAwait(false);
                if (received == 0) throw new MemcachedFaultException($"{Node.Address}: the connection was closed in the midst of the list of keys");
                time.CancelAfter(calls.Options.Timeout);
                var read = Read(buffer.AsSpan(0, length += received), out var end);
                if (end != DumpEnd.None) return end;
                buffer.AsSpan(read, length - read).CopyTo(buffer);
                length -= read;
            }
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MemcachedFaultException($"{Node.Address}: the list of keys did not go on for {calls.Options.Timeout.TotalSeconds} s", late);
        }
        catch (SocketException fault)
        {
            throw new MemcachedFaultException($"{Node.Address}: {fault.Message}", fault);
        }
    }

    private int Read(ReadOnlySpan<byte> received, out DumpEnd end)
    {
        end = DumpEnd.None;
        var read = 0;
        while (end == DumpEnd.None && received[read..].IndexOf((byte)'\n') is >= 0 and var length)
        {
            end = ReadLine(received.Slice(read, length).TrimEnd((byte)'\r'));
            read += length + 1;
        }

        return read;
    }

    private DumpEnd ReadLine(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("key="u8))
        {
            var space = line.IndexOf((byte)' ');
            Find(line[4..(space < 0 ? line.Length : space)]);
            return DumpEnd.None;
        }

        if (line.SequenceEqual("END"u8)) return DumpEnd.Whole;
        if (!line.StartsWith("BUSY"u8) && !line.StartsWith("ERROR"u8) && !line.StartsWith("CLIENT_ERROR"u8) && !line.StartsWith("BADCLASS"u8)) throw Garbage();
        _refusal = Encoding.ASCII.GetString(line);
        return line.StartsWith("BUSY"u8) || line.StartsWith("ERROR locked"u8) || _refusal == Handshake.Full ? DumpEnd.Busy : DumpEnd.Refused;
    }

    private void Find(ReadOnlySpan<byte> encoded)
    {
        Span<byte> name = stackalloc byte[KeyNames.LongestName];
        var length = Decode(encoded, name);
        name = name[..Math.Max(0, length)];
        var prefix = calls.Names.Prefix;
        if (length < 0 || !name.StartsWith(prefix)) return;
        if (!calls.Names.IsHashed(name) && !name[prefix.Length..].StartsWith(_keyPrefix)) return;

        // What was left where it belonged before a server came or went.
        if (calls.Find(name) == server) _found.Add(name);
    }

    // Everything but letters, digits and a few signs comes as % and two digits. -1: this is no name that we could have given.
    private static int Decode(ReadOnlySpan<byte> encoded, Span<byte> name)
    {
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            if (length == name.Length) return -1;
            var value = encoded[i];
            if (value == '%')
            {
                if (i + 2 >= encoded.Length || !byte.TryParse(encoded.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)) return -1;
                i += 2;
            }

            name[length++] = value;
        }

        return length;
    }

    private MemcachedFaultException Busy(string what) => new($"{Node.Address}: for {Patience.TotalSeconds} s it was too busy to list its keys ({what})");

    private MemcachedFaultException Garbage() => new($"{Node.Address}: what it sent is no list of keys");
}
