namespace Cistern;

/// <summary>One reply, where it lies in what was received: good until more is.</summary>
internal readonly ref struct Reply
{
    public required ReplyKind Kind { get; init; }

    /// <summary>The number that came back with it; null: none.</summary>
    public ulong? Opaque { get; init; }

    /// <summary>The number of the item's last change; 0 where it was not asked for.</summary>
    public ulong Cas { get; init; }

    /// <summary>The data of a value, or the text of an error.</summary>
    public ReadOnlySpan<byte> Data { get; init; }
}
