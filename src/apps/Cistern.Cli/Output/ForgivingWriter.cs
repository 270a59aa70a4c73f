using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Cistern.Cli;

/// <summary>
/// Standard error, as long as somebody takes it: what cannot be written there (a full disk, a closed descriptor, a terminal that is gone) is
/// lost, and no work fails for it. Safe for concurrent use if what is inside is.
/// </summary>
/// <param name="inner">Where it goes; not disposed.</param>
internal sealed class ForgivingWriter(TextWriter inner) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    [AllowNull]
    public override string NewLine { get => inner.NewLine; set => inner.NewLine = value; }

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    // In one piece: the lines of several processes may meet in one log.
    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Try(inner.Flush);

    // The runtime takes a descriptor that is closed for one that may not be written.
    private static void Try(Action write)
    {
        try { write(); }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { /* There is nobody left to tell. */ }
    }
}
