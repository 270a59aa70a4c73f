namespace Cistern.Cli;

/// <summary>Says what the system refused, without the path that the runtime adds: the caller names it as the user wrote it.</summary>
internal static class SystemFault
{
    public static string Explain(Exception error)
    {
        if (error is UnauthorizedAccessException) return "permission denied, or read-only";
        var message = error.Message;
        var path = message.IndexOf(" : '", StringComparison.Ordinal);
        return (path < 0 ? message : message[..path]).TrimEnd('.');
    }
}
