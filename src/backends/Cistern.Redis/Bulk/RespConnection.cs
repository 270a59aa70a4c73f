using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Cistern;

/// <summary>A connection to one server that is written to and read from in turn, by one caller at a time. After any fault it is of no more use: what comes next might answer something else.</summary>
internal sealed class RespConnection : IDisposable
{
    private readonly Stream _stream;
    private readonly RespReader _reader;
    private readonly Socket _socket;

    private RespConnection(RespTarget server, Socket socket, Stream stream)
    {
        (Server, _socket, _stream) = (server, socket, stream);
        _reader = new RespReader(stream);
    }

    /// <summary>The server.</summary>
    public RespTarget Server { get; }

    /// <summary>Whether the other side has not closed it, as far as is known. There is nothing to read between two uses.</summary>
    public bool IsAlive => !_socket.Poll(0, SelectMode.SelectRead);

    /// <summary>What is sent next.</summary>
    public RespBuffer Output { get; } = new();

    /// <summary>What the server objected to when it let us in; null: nothing. It may be loading its files, or unable to write them.</summary>
    public string? Remark { get; private set; }

    /// <summary>Whether the server was told the script for conditional sets.</summary>
    public bool KnowsScript { get; set; }

    /// <summary>Connects, and says who we are.</summary>
    /// <exception cref="RespOpenException">Nobody is there, or does not let us in.</exception>
    /// <exception cref="TimeoutException">There was no answer.</exception>
    public static async Task<RespConnection> OpenAsync(RespTarget server, RespSettings settings, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(settings.Timeout, TimeProvider.System);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        IDisposable made = socket;
        try
        {
            await socket.ConnectAsync(server.Host, server.Port, ending.Token).ConfigureAwait(false);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            made = stream;
            if (settings.IsTls) made = stream = await SecureAsync(stream, settings.TlsHost ?? server.Host, settings.Validate, ending.Token).ConfigureAwait(false);
            var connection = new RespConnection(server, socket, stream);
            made = connection;
            connection.Remark = await RespGreeting.SendAsync(connection, settings, ending.Token).ConfigureAwait(false);
            return connection;
        }
        catch (Exception fault)
        {
            made.Dispose();
            if (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested) throw new TimeoutException($"no answer within {settings.Timeout.TotalSeconds} s", fault);
            if (fault is SocketException) throw new RespOpenException(RespObstacle.Nobody, fault.Message, fault);
            if (fault is IOException) throw new RespOpenException(fault is RespUnreadableException ? RespObstacle.NoRedis : RespObstacle.Broken, fault.Message, fault);
            throw;
        }
    }

    /// <summary>Sends <see cref="Output"/>, and empties it.</summary>
    public async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Output.Written, cancellationToken).ConfigureAwait(false);
        Output.Clear();
    }

    /// <inheritdoc cref="RespReader.ReadAsync"/>
    public ValueTask<string?> ReadAsync(Memory<int> numbers, CancellationToken cancellationToken) => _reader.ReadAsync(numbers, cancellationToken);

    /// <inheritdoc cref="RespReader.TakeOk"/>
    public int TakeOk(int most) => _reader.TakeOk(most);

    public void Dispose()
    {
        _stream.Dispose();
        _reader.Dispose();
        Output.Dispose();
    }

    private static async Task<Stream> SecureAsync(Stream stream, string host, RemoteCertificateValidationCallback? validate, CancellationToken cancellationToken)
    {
        // Only then it is the certificate that ended it, and not the server, which may want one of ours.
        var isMistrusted = false;
        var secure = new SslStream(stream);
        try
        {
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, RemoteCertificateValidationCallback = IsTrusted }, cancellationToken).ConfigureAwait(false);
            return secure;
        }
        catch (AuthenticationException fault)
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw new RespOpenException(isMistrusted ? RespObstacle.Certificate : RespObstacle.Broken, fault.Message, fault);
        }

        bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            var isTrusted = validate is null ? errors == SslPolicyErrors.None : validate(sender, certificate, chain, errors);
            isMistrusted = !isTrusted;
            return isTrusted;
        }
    }
}
