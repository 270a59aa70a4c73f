using System.Collections.Concurrent;

namespace Cistern.Cli;

/// <summary>
/// Reads on another thread while what was read is worked on: making strings of a file costs about as much as looking them up. The order,
/// and where a fault comes, stay as they are.
/// </summary>
internal static class ReadAhead
{
    private const int BatchLength = 2048;
    private const int MostBatches = 4;

    /// <summary>The same elements, in batches.</summary>
    /// <param name="elements">Enumerated once, on another thread.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <typeparam name="T">The type of an element.</typeparam>
    public static IEnumerable<ArraySegment<T>> Of<T>(IEnumerable<T> elements, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var batches = new BlockingCollection<ArraySegment<T>>(MostBatches);
        var token = ending.Token;
        var reading = Task.Factory.StartNew(() => Read(elements, batches, token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            foreach (var batch in batches.GetConsumingEnumerable(cancellationToken)) yield return batch;

            // What the reading threw comes after all that it had read.
            reading.GetAwaiter().GetResult();
        }
        finally
        {
            ending.Cancel();

            // Reading a pipe that gives nothing cannot be cancelled, only left alone: who is interrupted does not wait for it.
            if (!cancellationToken.IsCancellationRequested) ((IAsyncResult)reading).AsyncWaitHandle.WaitOne();
            _ = reading.ContinueWith(static (_, read) => ((IDisposable)read!).Dispose(), batches, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private static void Read<T>(IEnumerable<T> elements, BlockingCollection<ArraySegment<T>> batches, CancellationToken cancellationToken)
    {
        var batch = new T[BatchLength];
        var count = 0;
        try
        {
            try
            {
                foreach (var element in elements)
                {
                    batch[count++] = element;
                    if (count < BatchLength) continue;
                    batches.Add(batch, cancellationToken);
                    batch = new T[BatchLength];
                    count = 0;
                }
            }
            finally
            {
                // Also before a fault: it comes after all that was read.
                if (count > 0) batches.Add(new ArraySegment<T>(batch, 0, count), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody reads on.
        }
        finally
        {
            batches.CompleteAdding();
        }
    }
}
