namespace Cistern.Cli;

/// <summary>What a write will do, checked as far as that is possible before anything is opened to be written. Owns the file of the records.</summary>
internal sealed class WritePlan : IDisposable
{
    private readonly FileStream? _stream;

    private WritePlan(WriteSettings settings, IReadOnlyList<BackendChoice> choices, RecordInput input)
    {
        Settings = settings;
        Choices = choices;
        _stream = input.Stream;
        Records = input.Records;
        Count = input.Count;
        RecordsName = input.Name;
    }

    public WriteSettings Settings { get; }

    public IReadOnlyList<BackendChoice> Choices { get; }

    /// <summary>The records; to be enumerated once.</summary>
    public IEnumerable<WriteRecord> Records { get; }

    /// <summary>How many records there are; null: only their end will tell.</summary>
    public long? Count { get; }

    /// <summary>What the records are.</summary>
    public string RecordsName { get; }

    /// <summary>Makes a plan of what the command line says, and of the configuration where there is one.</summary>
    /// <exception cref="BadInputException">Something given cannot be used.</exception>
    public static WritePlan Of(WriteArguments arguments, OutputPath output, Surroundings surroundings)
    {
        if (arguments.Input.Length == 0) throw new BadInputException("--input: must name a file");
        var file = RecordInput.FindAddress(arguments.Input, "--input");
        var claims = new FileClaims();
        claims.Read("--input", file?.Path ?? arguments.Input);
        claims.Write("--output", output);
        var config = file is null ? WriteConfigReader.Read(InputFile.Read(arguments.Input)) : new WriteConfig();
        var merge = new SettingsMerge<WriteSettings>(arguments.Input, new WriteSettings { Metadata = config.Metadata });
        merge.Add(config.Values, arguments.Settings);
        var settings = merge.Settings;
        settings.Check();
        var choices = Choose(arguments, config, output);
        CheckOnce(choices);
        foreach (var choice in choices) claims.Own(choice.Shown, choice.Where, choice.FindFiles(surroundings), isReadOnly: false);
        return new WritePlan(settings, choices, RecordInput.Open(arguments.Input, file, config, settings.Fields, claims));
    }

    public void Dispose() => _stream?.Dispose();

    private static List<BackendChoice> Choose(WriteArguments arguments, WriteConfig config, OutputPath output)
    {
        var current = Environment.CurrentDirectory;
        if (arguments.To.Count > 0) return [.. arguments.To.Select(text => BackendChoice.Parse(text, output, current, "--to"))];
        if (config.Backends is null) return [BackendChoice.Parse("memory", output, current, "backends")];
        var folder = Path.GetDirectoryName(Path.GetFullPath(arguments.Input))!;
        return [.. config.Backends.Select((text, i) => BackendChoice.Parse(text, output, folder, $"{arguments.Input}: $.backends[{i}]"))];
    }

    // Files would be found below. Of what has none, such as memory, a second one is as surely a mistake.
    private static void CheckOnce(List<BackendChoice> choices)
    {
        var twice = choices.GroupBy(choice => (choice.Address.Scheme, choice.Address.Location, choice.BaseFolder)).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) throw new BadInputException($"{twice.Last().Where}: {twice.Last().Shown} is there twice; a backend may be given once");
    }
}
