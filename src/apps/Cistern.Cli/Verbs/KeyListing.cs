using System.Buffers;
using System.Text;

namespace Cistern.Cli;

/// <summary>Prints keys as they come, in blocks.</summary>
/// <param name="output">Where they go.</param>
/// <param name="format">How.</param>
internal sealed class KeyListing(Stream output, KeyFormat format)
{
    private const int BlockBytes = 32 * 1024;

    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\n\r\u0085\u2028\u2029");

    private readonly ArrayBufferWriter<byte> _block = new(BlockBytes);
    private bool _hasKeys;

    /// <summary>How many keys were not printed as they are.</summary>
    public long Escaped { get; private set; }

    public void Add(string key)
    {
        switch (format)
        {
            case KeyFormat.Json:
                _block.Write(_hasKeys ? ",\n  "u8 : "[\n  "u8);
                JsonText.WriteString(_block, key.AsSpan());
                break;
            case KeyFormat.Separated:
                Write(key);
                _block.Write("\0"u8);
                break;
            default:
                Write(IsEscaped(key) ? Escape(key) : key);
                _block.Write("\n"u8);
                break;
        }

        _hasKeys = true;
        if (_block.WrittenCount >= BlockBytes) Flush();
    }

    /// <summary>Prints what is still held, and what ends the listing.</summary>
    public void End()
    {
        if (format == KeyFormat.Json) _block.Write(_hasKeys ? "\n]\n"u8 : "[]\n"u8);
        Flush();
    }

    private bool IsEscaped(string key) => format == KeyFormat.TerminalLines || key.AsSpan().ContainsAny(LineEnds);

    private string Escape(string key)
    {
        var escaped = TerminalText.Escape(key);
        if (escaped != key) Escaped++;
        return escaped;
    }

    private void Write(string text) => _block.Advance(Encoding.UTF8.GetBytes(text, _block.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));

    private void Flush()
    {
        output.Write(_block.WrittenSpan);
        output.Flush();
        _block.ResetWrittenCount();
    }
}
