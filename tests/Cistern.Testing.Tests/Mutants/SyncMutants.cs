using System.Buffers;

namespace Cistern.Tests;

internal sealed class CopiesWhatFits(Opening opening) : DictionaryBackend(opening)
{
    protected override LookupOutcome TryGetCore(string key, Span<byte> destination, out int valueLength)
    {
        var outcome = base.TryGetCore(key, destination, out valueLength);
        if (outcome == LookupOutcome.DestinationTooSmall) GetCore(key).AsSpan(0, destination.Length).CopyTo(destination);
        return outcome;
    }
}

internal sealed class HidesTheLengthThatDidNotFit(Opening opening) : DictionaryBackend(opening)
{
    protected override LookupOutcome TryGetCore(string key, Span<byte> destination, out int valueLength)
    {
        var outcome = base.TryGetCore(key, destination, out valueLength);
        if (outcome == LookupOutcome.DestinationTooSmall) valueLength = destination.Length;
        return outcome;
    }
}

internal sealed class NeedsOneByteMoreThanTheValue(Opening opening) : DictionaryBackend(opening)
{
    protected override LookupOutcome TryGetCore(string key, Span<byte> destination, out int valueLength) =>
        base.TryGetCore(key, destination.IsEmpty ? destination : destination[..^1], out valueLength);
}

internal sealed class ReadsInPlaceTwice(Opening opening) : DictionaryBackend(opening)
{
    protected override bool TryReadCore<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader) =>
        base.TryReadCore(key, state, reader) && base.TryReadCore(key, state, reader);
}

internal sealed class SwallowsTheReadersException(Opening opening) : DictionaryBackend(opening)
{
    protected override bool TryReadCore<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader)
    {
        try { return base.TryReadCore(key, state, reader); }
        catch (InvalidOperationException) { return false; }
    }
}
