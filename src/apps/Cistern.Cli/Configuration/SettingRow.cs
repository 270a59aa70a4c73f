namespace Cistern.Cli;

/// <summary>One row of a settings table.</summary>
/// <param name="Name">Its name in the file; on the command line with dashes.</param>
/// <param name="Allowed">What it may be, for errors and help.</param>
/// <param name="Default">Its default, for help.</param>
/// <param name="About">What it does, for help.</param>
/// <param name="Apply">The settings with a value of it; null when the value is not allowed. May throw <see cref="FormatException"/> instead, which says more.</param>
/// <typeparam name="TSettings">What it is a setting of.</typeparam>
internal sealed record SettingRow<TSettings>(string Name, string Allowed, string Default, string About, Func<TSettings, SettingValue, TSettings?> Apply) where TSettings : class
{
    public string OptionName => "--" + Name.Replace('_', '-');

    /// <summary>What else help should say; null: nothing.</summary>
    public string? Note { get; init; }

    /// <summary>What help says.</summary>
    public string Description => $"{About}: {Allowed} (default {Default}){(Note is null ? "" : "; " + Note)}";

    /// <summary>Whether the option may stand alone on the command line.</summary>
    public bool IsFlag { get; init; }
}
