using System.Diagnostics.CodeAnalysis;

/// <summary>A startup hook (the runtime finds it by this name): lists at its end what a process has loaded.</summary>
[SuppressMessage("Design", "CA1050", Justification = "The runtime looks for it in the global namespace.")]
[SuppressMessage("Design", "MA0047", Justification = "The runtime looks for it in the global namespace.")]
internal static class StartupHook
{
    public static void Initialize() => AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
    {
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies()) Console.Error.WriteLine($"loaded: {assembly.GetName().Name}");
    };
}
