using System.Buffers;

namespace Cistern.Cli;

/// <summary>Streams results to a file as they come, each on a line of its own: as the elements of an array, or as JSON Lines.</summary>
internal sealed class ResultWriter(BlockWriter output, bool isArray)
{
    private bool _isFirst = true;

    public void WriteFound(string key, ReadOnlySpan<byte> value, bool isJson)
    {
        Begin();
        ResultLine.WriteFound(output, key, value, isJson);
        End();
    }

    public void WriteMissing(string key, string? error)
    {
        Begin();
        ResultLine.WriteMissing(output, key, error);
        End();
    }

    private void Begin()
    {
        if (!isArray) return;
        output.Write(_isFirst ? "\n    "u8 : ",\n    "u8);
        _isFirst = false;
    }

    private void End()
    {
        if (!isArray) output.Write("\n"u8);
    }
}
