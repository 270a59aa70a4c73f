namespace Cistern;

/// <summary>
/// One step by which what was found at opening is put in order, before anything new is written: a file gets another name, is deleted, or
/// a part of one is kept in a file of its own. Doing a step again that was done already does no harm.
/// </summary>
internal sealed record Repair
{
    /// <summary>The file that gets another name, is deleted, or is created.</summary>
    public required string Path { get; init; }

    /// <summary>Its new name; null: it keeps its own.</summary>
    public string? NewPath { get; init; }

    /// <summary>What is kept in it; null: nothing, it is deleted unless it gets a new name.</summary>
    public ReadOnlyMemory<byte>? Content { get; init; }

    public void Run(IFileCalls calls)
    {
        if (NewPath is not null)
        {
            if (File.Exists(Path)) calls.Rename(Path, NewPath);
        }
        else if (Content is { } content)
        {
            calls.Delete(Path);
            using var file = calls.CreateNew(Path);
            calls.Write(file, content.Span, 0);
            calls.Sync(file);
        }
        else
        {
            calls.Delete(Path);
        }
    }
}
