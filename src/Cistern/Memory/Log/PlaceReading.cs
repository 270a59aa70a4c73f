using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>
/// Which segment a thread reads in place. A thread says so in a place of its own, without a fence; who would use a segment again has every processor finish what it has
/// written, and looks at all such places. A segment that is read is left to its readers, whose reference keeps it.
/// </summary>
/// <remarks>
/// Hazard pointers (Maged Michael, 2004), with the fence on the side that is rarely there. A reader names the segment first and looks at the version then; who changes bytes
/// changes the version first and looks for readers then: one of them sees the other.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal sealed class PlaceReading
{
    [ThreadStatic]
    private static PlaceReading? _mine;

    private static readonly Lock Registration = new();

    // By the number of the thread. A number is given to a new thread only when its thread is gone.
    private static readonly Dictionary<int, PlaceReading> ByThread = [];
    private static volatile PlaceReading[] _all = [];

    // A line of the processor's cache lies on either side.
    [FieldOffset(64)]
    private byte[]? _segment;

    /// <summary>This thread's.</summary>
    public static PlaceReading Mine
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _mine ?? Register();
    }

    /// <summary>Whether this thread is reading in place.</summary>
    public bool IsReading => _segment is not null;

    /// <summary>Names the segment that this thread reads. Whether it still has what was found there, the version tells afterwards.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Begin(byte[] segment) => Volatile.Write(ref _segment, segment);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void End()
    {
        if (_segment is not null) Volatile.Write(ref _segment, null);
    }

    /// <summary>Whether a thread reads a segment. The version was changed before, so that none begins to.</summary>
    public static bool IsRead(byte[] segment)
    {
        if (_all.Length == 0) return false;
        Interlocked.MemoryBarrierProcessWide();
        foreach (var reading in _all)
        {
            if (Volatile.Read(ref reading._segment) == segment) return true;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PlaceReading Register()
    {
        lock (Registration)
        {
            var thread = Environment.CurrentManagedThreadId;
            if (!ByThread.TryGetValue(thread, out _mine)) ByThread.Add(thread, _mine = new PlaceReading());
            _all = [.. ByThread.Values];
        }

        // Who would use a segment again sees from now on that there are readers, or this thread sees that it is another one.
        Interlocked.MemoryBarrier();
        return _mine;
    }
}
