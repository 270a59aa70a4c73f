using StackExchange.Redis;

namespace Cistern;

/// <summary>Makes the multiplexer of a backend.</summary>
internal static class MultiplexerStart
{
    /// <summary>Connects.</summary>
    /// <exception cref="CacheBackendException">No server can be reached, or it refuses; the message holds no password.</exception>
    public static async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions configuration, RedisBackendOptions options, CancellationToken cancellationToken)
    {
        var settings = configuration.Clone();
        settings.AbortOnConnectFail = true;
        if (options.CertificateValidation is { } validate) settings.CertificateValidation += validate;
        settings.ReconnectRetryPolicy = new ReconnectAlways();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var probing = ProbeAsync(settings, options, ending.Token);
        var connecting = ConnectionMultiplexer.ConnectAsync(settings);
        try
        {
            // A server that refuses is known at once; the multiplexer would try again and again, and does not ask whether there is the database.
            var isProbedFirst = await Task.WhenAny(probing, connecting).ConfigureAwait(false) == probing;
            var isDatabaseNamed = (options.Database ?? settings.DefaultDatabase ?? 0) != 0;
            if ((isProbedFirst || isDatabaseNamed) && await probing.ConfigureAwait(false) is { IsCertain: true } refusal) throw Fault(refusal.Reason, refusal.Fault);
            var multiplexer = await connecting.WaitAsync(options.Timeout, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            multiplexer.PreserveAsyncOrder = false;
            multiplexer.IncludeDetailInExceptions = false;
            return multiplexer;
        }
        catch (Exception fault) when (fault is RedisException or TimeoutException)
        {
            var failure = await probing.ConfigureAwait(false);
            throw Fault(failure?.Reason ?? fault.Message, failure?.Fault ?? fault);
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            if (!connecting.IsCompletedSuccessfully) _ = DisposeLaterAsync(connecting);
        }

        CacheBackendException Fault(string reason, Exception fault) =>
            new($"{options.Name}: connecting to {string.Join(", ", settings.EndPoints.Select(endPoint => RespTarget.Of(endPoint).ToString()))} failed: {reason}", fault);
    }

    private static async Task DisposeLaterAsync(Task<ConnectionMultiplexer> connecting)
    {
        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully) (await connecting.ConfigureAwait(false)).Dispose();
    }

    // A proxy knows only some commands, which a probe may not be among.
    private static async Task<ProbeFailure?> ProbeAsync(ConfigurationOptions settings, RedisBackendOptions options, CancellationToken cancellationToken)
    {
        if (RespSettings.Of(settings, options) is not { } own) return null;
        return await RespProbe.RunAsync([.. settings.EndPoints.Select(RespTarget.Of)], own, cancellationToken).ConfigureAwait(false);
    }
}
