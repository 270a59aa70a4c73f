using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Cistern;

/// <summary>
/// Lists keys by <c>SCAN</c>, on one master after another, a page at a time: the server does other work between two pages, and every key that is there throughout is listed at least once.
/// Keys that move from one master to another meanwhile might be missed by both: their slots are listed again.
/// </summary>
internal sealed class KeyListing(RedisConnection connection, ClusterSurvey survey, RedisKeys keys)
{
    private const int PageKeys = 500;
    private const int MostRounds = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Pages of keys that begin so.</summary>
    /// <param name="literalPrefix">What they begin with.</param>
    /// <param name="clock">Now, in milliseconds.</param>
    /// <param name="withOver">Whether entries whose time is over are listed, too.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async IAsyncEnumerable<IReadOnlyList<string>> ReadAsync(string literalPrefix, Func<long> clock, bool withOver, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var progress = new ListingProgress(await survey.LookAsync(cancellationToken).ConfigureAwait(false));
        for (var round = 0; ; round++)
        {
            foreach (var (node, route) in progress.Routes)
            {
                RedisValue cursor = "0";
                var isMeant = true;
                do
                {
                    RedisValue[] arguments = [EnvelopeHead.ForScripts(clock()), cursor, keys.PatternOf(literalPrefix), PageKeys, withOver ? 1 : 0, node];
                    var answer = await connection.RunAsync(RedisScript.List, [route], arguments, cancellationToken).ConfigureAwait(false);
                    isMeant = !answer.IsNull;
                    if (!isMeant) break;
                    var page = (RedisResult[])answer!;
                    cursor = (RedisValue)page[0];
                    var found = new List<byte[]>((byte[][])page[1]!);
                    foreach (var key in (byte[][])page[2]!)
                    {
                        if (withOver || await IsLiveAsync(key, clock, cancellationToken).ConfigureAwait(false)) found.Add(key);
                    }

                    if (found.Count > 0) yield return [.. found.Where(progress.IsWanted).Select(keys.FromServer).OfType<string>()];
                }
                while (cursor != "0");
                if (isMeant) progress.Complete(node);
            }

            if (progress.IsOver(await survey.LookAsync(cancellationToken).ConfigureAwait(false))) yield break;
            if (round == MostRounds) throw new CacheBackendException("the cluster's slots moved all the time: the listing is not complete.");
            await Task.Delay(Pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    // The server of a key whose slot is on its way may not look at it without being asked for it.
    private async Task<bool> IsLiveAsync(byte[] key, Func<long> clock, CancellationToken cancellationToken)
    {
        var head = await connection.ReadAsync(database => database.StringGetRangeAsync(key, 0, EnvelopeHead.MostBytes - 1), cancellationToken).ConfigureAwait(false);
        return EnvelopeHead.TryRead((byte[]?)head, out var read) && read.IsLive(clock());
    }
}
