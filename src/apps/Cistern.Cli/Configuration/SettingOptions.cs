using System.CommandLine;

namespace Cistern.Cli;

/// <summary>The options of a command that set the rows of a table.</summary>
/// <typeparam name="TSettings">What the rows set.</typeparam>
internal sealed class SettingOptions<TSettings> where TSettings : class
{
    private readonly List<(SettingRow<TSettings> Row, Option<string?> Option)> _options = [];

    public SettingOptions(IEnumerable<SettingRow<TSettings>> rows)
    {
        foreach (var row in rows)
        {
            var option = new Option<string?>(row.OptionName) { HelpName = row.IsFlag ? "[true|false]" : "VALUE", Description = row.Description };
            if (row.IsFlag) option.Arity = ArgumentArity.ZeroOrOne;
            _options.Add((row, option));
        }
    }

    /// <summary>The options, in the order of the rows.</summary>
    public IEnumerable<Option> All => _options.Select(setting => setting.Option);

    /// <summary>The rows that were given.</summary>
    public IReadOnlyDictionary<SettingRow<TSettings>, SettingValue> Read(ParseResult result) => _options
        .Where(setting => result.GetResult(setting.Option) is not null)
        .ToDictionary(setting => setting.Row, setting => SettingValue.FromCommandLine(result.GetValue(setting.Option) ?? ""));
}
