using System.Globalization;

namespace Cistern.Kills.Tests;

/// <summary>The seeds of the rounds, and what each round showed. With a file, a run goes on where an earlier one ended.</summary>
internal sealed class KillLog
{
    private const int RoundsByDefault = 20;

    private readonly string _name;
    private readonly string? _path;
    private readonly int _rounds;
    private readonly int _firstSeed;
    private int _done;

    private KillLog(string name, string? path, int rounds, int firstSeed, int done)
    {
        _name = name;
        _path = path;
        _rounds = rounds;
        _firstSeed = firstSeed;
        _done = done;
    }

    public static KillLog Open(string name)
    {
        var path = Environment.GetEnvironmentVariable("CISTERN_KILL_LOG");
        var done = path is not null && File.Exists(path) ? File.ReadLines(path).Count(line => line.StartsWith(name + "\t", StringComparison.Ordinal)) : 0;
        return new KillLog(name, path, Number("CISTERN_KILL_ROUNDS") ?? RoundsByDefault, Number("CISTERN_KILL_SEED") ?? Random.Shared.Next(), done);
    }

    /// <summary>The seed of the next round; null: all are done.</summary>
    public int? Next() => _done >= _rounds ? null : _firstSeed + _done;

    /// <summary>Notes a round that showed no fault.</summary>
    public void Write(int seed, string outcome)
    {
        _done++;
        if (_path is not null) File.AppendAllText(_path, string.Create(CultureInfo.InvariantCulture, $"{_name}\t{seed}\t{outcome}\n"));
    }

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
