using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Cistern;

/// <summary>
/// Lists keys by <c>SCAN</c>, on one master after another, a page at a time: the server does other work between two pages, and every key that is there throughout is listed at least once.
/// Keys that move from one master to another meanwhile might be missed by both: then it is begun anew.
/// </summary>
internal sealed class KeyListing(RedisConnection connection, ClusterSurvey survey, RedisKeys keys)
{
    private const int PageKeys = 500;
    private const int MostRounds = 5;

    /// <summary>Pages of keys that begin so.</summary>
    /// <param name="literalPrefix">What they begin with.</param>
    /// <param name="clock">Now, in milliseconds.</param>
    /// <param name="withOver">Whether entries whose time is over are listed, too.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async IAsyncEnumerable<IReadOnlyList<string>> ReadAsync(string literalPrefix, Func<long> clock, bool withOver, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var map = await survey.FindMastersAsync(cancellationToken).ConfigureAwait(false);
        for (var round = 0; ; round++)
        {
            foreach (var route in map.Routes)
            {
                RedisValue cursor = "0";
                do
                {
                    RedisValue[] arguments = [EnvelopeHead.ForScripts(clock()), cursor, keys.PatternOf(literalPrefix), PageKeys, withOver ? 1 : 0];
                    var page = (RedisValue[])(await connection.RunAsync(RedisScript.List, [route], arguments, cancellationToken).ConfigureAwait(false))!;
                    cursor = page[0];
                    if (page.Length > 1) yield return [.. page.Skip(1).Select(key => keys.FromServer(key!)).OfType<string>()];
                }
                while (cursor != "0");
            }

            var after = await survey.FindMastersAsync(cancellationToken).ConfigureAwait(false);
            if (after.IsSame(map)) yield break;
            if (round == MostRounds) throw new CacheBackendException("the cluster's slots moved all the time: the listing is not complete.");
            map = after;
        }
    }
}
