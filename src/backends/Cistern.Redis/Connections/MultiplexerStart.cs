using StackExchange.Redis;

namespace Cistern;

/// <summary>Makes the multiplexer of a backend.</summary>
internal static class MultiplexerStart
{
    // It is to be over after one; if it is not, it is not waited for for ever.
    private const int TimeoutsOfATry = 3;

    /// <summary>Connects.</summary>
    /// <exception cref="CacheBackendException">No server can be reached, or it refuses; the message holds no password.</exception>
    public static async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions configuration, RedisBackendOptions options, CancellationToken cancellationToken)
    {
        var settings = Prepare(configuration, options);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var probing = ProbeAsync(settings, options, ending.Token);
        var connecting = ConnectionMultiplexer.ConnectAsync(settings);
        var isKept = false;
        try
        {
            // A server that refuses is known at once; the multiplexer would try again and again, and does not ask whether there is the database.
            var isProbedFirst = await Task.WhenAny(probing, connecting).ConfigureAwait(false) == probing;
            var isDatabaseNamed = (options.Database ?? settings.DefaultDatabase ?? 0) != 0;
            if ((isProbedFirst || isDatabaseNamed) && await probing.ConfigureAwait(false) is { IsCertain: true } refusal) throw Fault(refusal.Reason, refusal.Fault);
            var multiplexer = await connecting.WaitAsync(options.Timeout, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            isKept = true;
            return SetUp(multiplexer);
        }
        catch (Exception fault) when (fault is RedisException or TimeoutException)
        {
            var failure = await probing.ConfigureAwait(false);
            throw Fault(failure?.Reason ?? fault.Message, failure?.Fault ?? fault);
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            if (!isKept) _ = DisposeLaterAsync(connecting);
        }

        CacheBackendException Fault(string reason, Exception fault) =>
            new($"{options.Name}: connecting to {string.Join(", ", settings.EndPoints.Select(endPoint => RespTarget.Of(endPoint).ToString()))} failed: {reason}", fault);
    }

    /// <summary>Connects anew, in the place of a multiplexer that is of no more use.</summary>
    /// <returns>The task ends when the multiplexer has given up, so that whoever waits for it has one try at a time.</returns>
    public static async Task<ConnectionMultiplexer> ConnectAgainAsync(ConfigurationOptions configuration, RedisBackendOptions options)
    {
        var settings = Prepare(configuration, options);

        // The multiplexer waits for its whole time for somebody who is not there, and would miss that he is back.
        if (await ProbeAsync(settings, options, CancellationToken.None).ConfigureAwait(false) is { } failure && (failure.IsCertain || failure.Fault is TimeoutException)) throw failure.Fault;
        var connecting = ConnectionMultiplexer.ConnectAsync(settings);
        try
        {
            return SetUp(await connecting.WaitAsync(TimeoutsOfATry * options.Timeout, TimeProvider.System).ConfigureAwait(false));
        }
        catch (TimeoutException)
        {
            _ = DisposeLaterAsync(connecting);
            throw;
        }
    }

    // One try, that ends in time: whoever calls tries again.
    private static ConfigurationOptions Prepare(ConfigurationOptions configuration, RedisBackendOptions options)
    {
        var settings = configuration.Clone();
        settings.AbortOnConnectFail = true;
        settings.ConnectRetry = 1;
        settings.ConnectTimeout = (int)Math.Min(settings.ConnectTimeout, Math.Ceiling(options.Timeout.TotalMilliseconds));
        if (options.CertificateValidation is { } validate) settings.CertificateValidation += validate;
        settings.ReconnectRetryPolicy = new ReconnectAlways();
        return settings;
    }

    private static ConnectionMultiplexer SetUp(ConnectionMultiplexer multiplexer)
    {
        multiplexer.PreserveAsyncOrder = false;
        multiplexer.IncludeDetailInExceptions = false;
        return multiplexer;
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
