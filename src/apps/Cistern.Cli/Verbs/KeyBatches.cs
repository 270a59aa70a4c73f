using System.Runtime.CompilerServices;

namespace Cistern.Cli;

/// <summary>The keys of a backend, many at a time.</summary>
internal static class KeyBatches
{
    /// <summary>Lists keys in batches; each is the caller's to keep.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<string>> OfAsync(CacheBackend backend, string pattern, int most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var batch = new List<string>();
        await foreach (var key in backend.KeysAsync(pattern, cancellationToken).ConfigureAwait(false))
        {
            batch.Add(key);
            if (batch.Count < most) continue;
            yield return batch;
            batch = [];
        }

        if (batch.Count > 0) yield return batch;
    }
}
