namespace Cistern.Cli;

/// <summary>One row of the settings table of the writer.</summary>
/// <param name="Name">Its name in the file; on the command line with dashes.</param>
/// <param name="Allowed">What it may be, for errors and help.</param>
/// <param name="Default">Its default, for help.</param>
/// <param name="About">What it does, for help.</param>
/// <param name="Apply">The settings with a value of it; null when the value is not allowed.</param>
internal sealed record WriteSettingRow(string Name, string Allowed, string Default, string About, Func<WriteSettings, SettingValue, WriteSettings?> Apply)
{
    public string OptionName => "--" + Name.Replace('_', '-');

    /// <summary>What help says.</summary>
    public string Description => $"{About}: {Allowed} (default {Default})";
}
