using System.Diagnostics;

namespace Cistern;

/// <summary>What a server said about itself when a connection was made.</summary>
internal sealed record ServerFacts
{
    private const long StartTolerance = 2;

    /// <summary>Its process.</summary>
    public required long Process { get; init; }

    /// <summary>Its clock, in seconds since 1970.</summary>
    public required long Time { get; init; }

    /// <summary>For how many seconds it has run.</summary>
    public required long Uptime { get; init; }

    /// <summary>How many connections it has accepted since it started.</summary>
    public required long Connections { get; init; }

    /// <summary>How many seconds of processors it has used.</summary>
    public required double ProcessorSeconds { get; init; }

    /// <summary>The most bytes of an item, with its name and the server's own header.</summary>
    public required long LargestItem { get; init; }

    /// <summary>Whether it counts changes, so that a write can depend on what was read.</summary>
    public required bool CountsChanges { get; init; }

    /// <summary>Whether it lists its keys.</summary>
    public required bool ListsKeys { get; init; }

    /// <summary>When the connection was begun, as <see cref="Stopwatch.GetTimestamp"/> counts.</summary>
    public required long BeganAt { get; init; }

    /// <summary>When it had answered, as <see cref="Stopwatch.GetTimestamp"/> counts.</summary>
    public long AskedAt { get; } = Stopwatch.GetTimestamp();

    /// <summary>Whether this is the later word: of two connections that are made at the same time, the one that was begun first may be told last.</summary>
    /// <param name="known">What was said before; null: nothing.</param>
    public bool IsLaterThan(ServerFacts? known) => known is null || BeganAt > known.BeganAt;

    /// <summary>
    /// Whether it is another run of the server than the one that said this earlier, and so began empty. In containers every run may have the same
    /// process id; the two clocks are in whole seconds; and the connections of a new run begin at one. They begin anew, too, when somebody resets the
    /// statistics of a run that goes on: its start is the same then, and what it has used of processors has grown.
    /// </summary>
    /// <param name="earlier">What was said earlier; of two that were asked at the same time, nobody knows which connection came first.</param>
    public bool IsAnotherRunThan(ServerFacts earlier) =>
        Process != earlier.Process
        || Math.Abs(Start - earlier.Start) > StartTolerance
        || (BeganAt > earlier.AskedAt && Connections <= earlier.Connections && !(Start == earlier.Start && ProcessorSeconds > earlier.ProcessorSeconds));

    private long Start => Time - Uptime;
}
