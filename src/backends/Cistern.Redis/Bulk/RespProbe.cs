using System.Net.Sockets;

namespace Cistern;

/// <summary>Looks whether any of some servers lets a connection of our own in, to tell in one line why not: the multiplexer only tells that it could not connect.</summary>
internal static class RespProbe
{
    /// <summary>Tries all at once.</summary>
    /// <returns>Null: one does. Otherwise what the first of them did, or the first that may do otherwise with the multiplexer.</returns>
    public static async Task<ProbeFailure?> RunAsync(IReadOnlyList<RespTarget> servers, RespSettings settings, CancellationToken cancellationToken)
    {
        var tries = servers.Select(server => TryAsync(server, settings, cancellationToken)).ToList();
        await foreach (var attempt in Task.WhenEach(tries).ConfigureAwait(false))
        {
            if (await attempt.ConfigureAwait(false) is null) return null;
        }

        var failures = await Task.WhenAll(tries).ConfigureAwait(false);
        return failures.FirstOrDefault(failure => failure is { IsCertain: false }) ?? failures[0];
    }

    private static async Task<ProbeFailure?> TryAsync(RespTarget server, RespSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = await RespConnection.OpenAsync(server, settings, cancellationToken).ConfigureAwait(false);
            return connection.Remark is { } remark ? new ProbeFailure(remark, new IOException(remark), IsCertain: false) : null;
        }
        catch (RespOpenException fault) when (fault.Obstacle == RespObstacle.Database)
        {
            var most = await CountDatabasesAsync(server, settings with { Database = 0 }, cancellationToken).ConfigureAwait(false) - 1;
            var allowed = most switch { null => "", 0 => ", only 0", _ => $", only 0 to {most}" };
            return new ProbeFailure($"it has no database {settings.Database}{allowed}: {fault.Message}", fault, IsCertain: true);
        }
        catch (RespOpenException fault)
        {
            return new ProbeFailure(Explain(fault), fault, IsCertain: fault.Obstacle is RespObstacle.Nobody or RespObstacle.NoRedis or RespObstacle.Password);
        }
        catch (TimeoutException fault)
        {
            return new ProbeFailure(fault.Message, fault, IsCertain: false);
        }
    }

    // Null: it does not tell.
    private static async Task<int?> CountDatabasesAsync(RespTarget server, RespSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = await RespConnection.OpenAsync(server, settings, cancellationToken).ConfigureAwait(false);
            connection.Output.Begin(3);
            connection.Output.Write("EVAL"u8);
            connection.Output.Write("", RedisScript.Databases.Text);
            connection.Output.Write(0);
            await connection.SendAsync(cancellationToken).ConfigureAwait(false);
            var count = new int[1];
            return await connection.ReadAsync(count, cancellationToken).ConfigureAwait(false) is null ? count[0] : null;
        }
        catch (Exception fault) when (fault is IOException or SocketException or RespOpenException or TimeoutException)
        {
            return null;
        }
    }

    private static string Explain(RespOpenException fault) => fault.Obstacle switch
    {
        RespObstacle.Certificate => $"its certificate is not trusted: {fault.Message}",
        RespObstacle.Password => $"it refuses the password, or wants one: {fault.Message}",
        _ => fault.Message,
    };
}
