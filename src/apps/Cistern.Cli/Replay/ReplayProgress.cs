namespace Cistern.Cli;

/// <summary>How far a run is: how much of the log was read, and then how much of it was replayed. Safe for concurrent use.</summary>
internal sealed class ReplayProgress
{
    private long _read;
    private long _done;
    private long _total;

    /// <summary>How many requests were read from the log so far.</summary>
    public long Read => Volatile.Read(ref _read);

    /// <summary>How many requests were replayed so far, by all replays together.</summary>
    public long Done => Volatile.Read(ref _done);

    /// <summary>How many there will be; 0: the log is not read yet.</summary>
    public long Total => Volatile.Read(ref _total);

    public void ReportRead(long requests) => Volatile.Write(ref _read, requests);

    public void ReportTotal(long requests) => Volatile.Write(ref _total, requests);

    public void ReportDone(long requests) => Interlocked.Add(ref _done, requests);
}
