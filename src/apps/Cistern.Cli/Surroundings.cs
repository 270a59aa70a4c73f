namespace Cistern.Cli;

/// <summary>What the program finds around it.</summary>
/// <param name="Console">Where it reads and prints.</param>
internal sealed record Surroundings(ConsoleStreams Console)
{
    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The kinds of backends that addresses may name; only asked for by who opens one.</summary>
    public BackendSchemes Schemes { get => field ?? KnownSchemes.All; init; }

    /// <summary>How backends are opened here.</summary>
    public BackendOpening Opening(bool isReadOnly) => new() { TimeProvider = TimeProvider, IsReadOnly = isReadOnly };
}
