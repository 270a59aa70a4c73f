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
            (await RespConnection.OpenAsync(server, settings, cancellationToken).ConfigureAwait(false)).Dispose();
            return null;
        }
        catch (RespOpenException fault)
        {
            return new ProbeFailure(Explain(fault), fault, IsCertain: fault.Obstacle is RespObstacle.Nobody or RespObstacle.NoRedis or RespObstacle.Password or RespObstacle.Database);
        }
        catch (TimeoutException fault)
        {
            return new ProbeFailure(fault.Message, fault, IsCertain: false);
        }
    }

    private static string Explain(RespOpenException fault) => fault.Obstacle switch
    {
        RespObstacle.Certificate => $"its certificate is not trusted: {fault.Message}",
        RespObstacle.Password => $"it refuses the password, or wants one: {fault.Message}",
        _ => fault.Message,
    };
}
