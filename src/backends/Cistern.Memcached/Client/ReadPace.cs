namespace Cistern;

/// <summary>How many names a piece of a batch asks for: so many that its answer is of a usual size, by what answers were like so far. Safe for concurrent use.</summary>
internal sealed class ReadPace
{
    // What comes back is held until the caller has it, and stands before what others asked for.
    private const int PieceBytes = 256 * 1024;
    private const int MostNames = 256;
    private const int FirstGuess = 8 * 1024;

    private int _bytesPerName = FirstGuess;

    /// <summary>How many names the next piece asks for.</summary>
    public int Names => Math.Clamp(PieceBytes / Volatile.Read(ref _bytesPerName), 1, MostNames);

    /// <summary>Learns from an answer: that values are larger, at once; that they are smaller, by and by.</summary>
    /// <param name="names">How many were asked for; 1 at least.</param>
    /// <param name="bytes">How many bytes came.</param>
    public void Learn(int names, long bytes)
    {
        var now = (int)Math.Min(bytes / names + 1, int.MaxValue / 2);
        var before = Volatile.Read(ref _bytesPerName);
        Volatile.Write(ref _bytesPerName, now >= before ? now : (before + 3 * Math.Min(now, int.MaxValue / 8)) / 4);
    }
}
