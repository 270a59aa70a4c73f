using System.Text.Json;

namespace Cistern.Cli;

/// <summary>Says in one line what is wrong with JSON, without the position, which is told apart.</summary>
internal static class JsonFault
{
    // The position is told apart, and a user has no reader whose options to change.
    private static readonly string[] Noise = [" LineNumber:", " which is not supported in this mode"];

    public static string Explain(JsonException error)
    {
        var message = error.Message;
        foreach (var noise in Noise)
        {
            if (message.IndexOf(noise, StringComparison.Ordinal) is var start and >= 0) message = message[..start];
        }

        return $"not JSON: {message.TrimEnd('.')} (RFC 8259: no comments, no trailing commas, no NaN or Infinity)";
    }
}
