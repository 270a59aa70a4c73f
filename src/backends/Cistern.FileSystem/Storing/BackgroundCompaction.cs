namespace Cistern;

/// <summary>Says when the journal is to be folded, and has that done in the background, one fold at a time. Safe for concurrent use.</summary>
/// <param name="options">Resolved.</param>
/// <param name="start">Runs something in the background.</param>
/// <param name="compact">Folds the journal.</param>
/// <param name="journalBytes">How long the journal is now.</param>
internal sealed class BackgroundCompaction(FileBackendOptions options, Func<Action, Task> start, Action compact, Func<long> journalBytes)
{
    // A journal of twice the snapshot: each byte of it is then written anew half a time.
    private const int JournalShare = 2;

    private long _dueAt;
    private int _isRunning;
    private volatile Task _running = Task.CompletedTask;

    /// <summary>Why the last one failed; null: it did not.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>There is a new journal, behind a snapshot of so many bytes.</summary>
    public void Plan(long snapshotBytes) => Volatile.Write(ref _dueAt, Math.Min(options.MaxFileBytes / 2, Math.Max(options.CompactionBytes, JournalShare * snapshotBytes)));

    public void StartIfDue()
    {
        if (journalBytes() <= Volatile.Read(ref _dueAt) || Interlocked.Exchange(ref _isRunning, 1) != 0) return;
        _running = start(Run);
    }

    /// <summary>Waits for one that runs, when the journal will soon have no room without it.</summary>
    public void AwaitRoom()
    {
        if (journalBytes() > options.MaxFileBytes / 4 * 3) Wait();
    }

    /// <summary>Waits for one that runs. Another one may begin meanwhile.</summary>
    public void Wait() => _running.Wait();

    private void Run()
    {
        try
        {
            compact();
            Fault = null;
        }
        catch (Exception fault)
        {
            // Nobody waits for it who could be told; whoever writes is, once there is no room left. The journal still has everything.
            Fault = fault;
            PlanAnotherTry(journalBytes());
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }

    // Once the journal has grown by as much again, or half of the room that is left is used: not at every write, and not only when it is full.
    private void PlanAnotherTry(long bytes) => Volatile.Write(ref _dueAt, bytes + Math.Min(options.CompactionBytes, (options.MaxFileBytes - bytes) / 2));
}
