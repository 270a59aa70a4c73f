using System.Net.Sockets;

namespace Cistern;

/// <summary>Looks whether any of some servers lets a connection of our own in, to tell in one line why not: the multiplexer only tells that it could not connect.</summary>
internal static class RespProbe
{
    /// <summary>Tries all at once.</summary>
    /// <returns>Null: one does. Otherwise what the first of them did.</returns>
    public static async Task<ProbeFailure?> RunAsync(IReadOnlyList<RespTarget> servers, RespSettings settings, CancellationToken cancellationToken)
    {
        var tries = servers.Select(server => TryAsync(server, settings, cancellationToken)).ToList();
        await foreach (var attempt in Task.WhenEach(tries).ConfigureAwait(false))
        {
            if (await attempt.ConfigureAwait(false) is null) return null;
        }

        return await tries[0].ConfigureAwait(false);
    }

    private static async Task<ProbeFailure?> TryAsync(RespTarget server, RespSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            (await RespConnection.OpenAsync(server, settings, cancellationToken).ConfigureAwait(false)).Dispose();
            return null;
        }
        catch (RespRefusedException fault)
        {
            return new ProbeFailure(fault.IsOfTheCertificate ? $"its certificate is not trusted: {fault.Message}" : $"it refuses the password, or wants one: {fault.Message}", fault, fault.IsOfTheCertificate);
        }
        catch (Exception fault) when (fault is IOException or SocketException or TimeoutException)
        {
            return new ProbeFailure(fault.Message, fault, IsOfTheCertificate: false);
        }
    }
}
