using System.Buffers;

namespace Cistern;

/// <summary>What one lookup in the near tier asks for and finds. Used by one thread at a time, and again by it, so that a lookup allocates nothing but what it returns.</summary>
internal sealed class NearReading
{
    [ThreadStatic]
    private static NearReading? _spare;

    private IBufferWriter<byte>? _destination;
    private long _now;
    private bool _withStale;

    /// <summary>Whether there was a copy that may answer.</summary>
    public bool IsFound { get; private set; }

    /// <summary>The value; null: not found, or written to the destination.</summary>
    public byte[]? Value { get; private set; }

    /// <summary>Begins a lookup.</summary>
    /// <param name="destination">Where the value goes; null: into an array.</param>
    /// <param name="now">The timestamp at which the copy must count.</param>
    /// <param name="withStale">Whether a copy is welcome that counts no more.</param>
    public static NearReading Begin(IBufferWriter<byte>? destination, long now, bool withStale)
    {
        // Taken away while in use: a destination that is written to may be the caller's own code, and look something up itself.
        var reading = _spare ?? new NearReading();
        _spare = null;
        (reading._destination, reading._now, reading._withStale, reading.IsFound, reading.Value) = (destination, now, withStale, false, null);
        return reading;
    }

    /// <summary>Shown a copy.</summary>
    public static void Show(ReadOnlySpan<byte> trailed, NearReading reading)
    {
        var value = TrailedValue.Split(trailed, out var freshUntil);
        if (freshUntil <= reading._now && !reading._withStale) return;
        if (reading._destination is { } destination) destination.Write(value);
        else reading.Value = value.ToArray();
        reading.IsFound = true;
    }

    /// <summary>Ends the lookup.</summary>
    public (bool IsFound, byte[]? Value) End()
    {
        var found = (IsFound, Value);
        (_destination, Value) = (null, null);
        _spare = this;
        return found;
    }
}
