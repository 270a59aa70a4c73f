using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

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

    /// <summary>Whether the server was told the script for conditional sets.</summary>
    public bool KnowsScript { get; set; }

    /// <summary>Connects, and says who we are.</summary>
    /// <exception cref="RespRefusedException">The password or the certificate is not accepted.</exception>
    /// <exception cref="IOException">There is nobody, or somebody else.</exception>
    public static async Task<RespConnection> OpenAsync(RespTarget server, RespSettings settings, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(settings.Timeout, TimeProvider.System);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(server.Host, server.Port, ending.Token).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (settings.IsTls) stream = await SecureAsync(stream, settings.TlsHost ?? server.Host, settings.Validate, ending.Token).ConfigureAwait(false);
            var connection = new RespConnection(server, socket, stream);
            await connection.GreetAsync(settings, ending.Token).ConfigureAwait(false);
            return connection;
        }
        catch (Exception fault)
        {
            if (stream is null) socket.Dispose();
            else await stream.DisposeAsync().ConfigureAwait(false);
            if (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested) throw new TimeoutException($"no answer within {settings.Timeout.TotalSeconds} s", fault);
            if (fault is SocketException) throw new IOException(fault.Message, fault);
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

    public void Dispose()
    {
        _stream.Dispose();
        _reader.Dispose();
        Output.Dispose();
    }

    private static async Task<Stream> SecureAsync(Stream stream, string host, RemoteCertificateValidationCallback? validate, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream);
        try
        {
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, RemoteCertificateValidationCallback = validate }, cancellationToken).ConfigureAwait(false);
            return secure;
        }
        catch (AuthenticationException fault)
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw new RespRefusedException(fault.Message, fault);
        }
    }

    private async Task GreetAsync(RespSettings settings, CancellationToken cancellationToken)
    {
        var greetings = 2;
        if (!string.IsNullOrEmpty(settings.Password))
        {
            Output.Begin(2);
            Output.Write("AUTH"u8);
            Output.Write("", settings.Password);
            greetings++;
        }

        if (settings.Database != 0)
        {
            Output.Begin(2);
            Output.Write("SELECT"u8);
            Output.Write(settings.Database);
            greetings++;
        }

        // So that whoever looks at a server's clients knows what they are.
        Output.Begin(3);
        Output.Write("CLIENT"u8);
        Output.Write("SETNAME"u8);
        Output.Write("cistern-bulk"u8);
        Output.Begin(1);
        Output.Write("PING"u8);
        await SendAsync(cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < greetings; i++)
        {
            if (await ReadAsync(default, cancellationToken).ConfigureAwait(false) is not { } refusal) continue;

            // A server that does not know a command shows what it was asked.
            if (!string.IsNullOrEmpty(settings.Password)) refusal = refusal.Replace(settings.Password, "***", StringComparison.Ordinal);
            if (refusal.StartsWith("LOADING", StringComparison.Ordinal)) throw new IOException(refusal);
            throw new RespRefusedException(refusal);
        }
    }
}
