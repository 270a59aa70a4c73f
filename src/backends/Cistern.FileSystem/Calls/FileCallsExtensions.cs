namespace Cistern;

/// <summary>What is done with the system's calls in more than one place.</summary>
internal static class FileCallsExtensions
{
    /// <summary>Deletes a file that does no harm where it stays: it takes room, is known for what it is at the next opening, and deleted then.</summary>
    public static void TryDelete(this IFileCalls calls, string path)
    {
        try { calls.Delete(path); }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Nobody waits for it.
        }
    }
}
