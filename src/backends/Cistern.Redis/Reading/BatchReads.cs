using StackExchange.Redis;

namespace Cistern;

/// <summary>Reads of several keys at once.</summary>
internal static class BatchReads
{
    /// <summary>How many keys are asked for at once.</summary>
    public const int Keys = 512;

    /// <summary>What the keys hold, in their order: by one command of one server, by one each of a cluster, all on their way together.</summary>
    public static async Task<RedisValue[]> GetAsync(RedisConnection connection, RedisKey[] keys, CancellationToken cancellationToken) => connection.IsCluster
        ? await Task.WhenAll(keys.Select(key => connection.ReadAsync(database => database.StringGetAsync(key), cancellationToken))).ConfigureAwait(false)
        : await connection.CallAsync(database => database.StringGetAsync(keys), cancellationToken).ConfigureAwait(false);
}
