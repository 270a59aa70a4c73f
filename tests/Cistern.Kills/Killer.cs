using System.Diagnostics;
using System.Text;

namespace Cistern.Kills.Tests;

/// <summary>Starts a victim on an address, kills it at a random moment, opens what it left and compares that with the script.</summary>
internal sealed class Killer(string address)
{
    private const int MostSteps = 3000;
    private const int LongestStartMilliseconds = 150;

    private static readonly BackendSchemes Schemes = new(FileScheme.Instance, SqliteScheme.Instance);

    // What must be there after the last round: the number of the step that set it, by key.
    private readonly Dictionary<string, long> _model = [];
    private long _next;

    /// <summary>How many steps the victims have acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>One round. Throws when what is there is not what was acknowledged, or at most one step more.</summary>
    /// <param name="seed">Decides when the kill comes.</param>
    /// <param name="cancellationToken">Ends the round.</param>
    /// <returns>What happened, for a log.</returns>
    public async Task<string> RoundAsync(int seed, CancellationToken cancellationToken)
    {
        var (isOpen, acknowledged) = await KillOneAsync(new Random(seed), cancellationToken);
        foreach (var step in Script.From(_next).Take(acknowledged)) step.ApplyTo(_model);
        Acknowledged += acknowledged;
        _next += acknowledged;

        var found = await ReadAsync(seed, cancellationToken);
        var inFlight = Script.From(_next).First();
        var withInFlight = new Dictionary<string, long>(_model);
        inFlight.ApplyTo(withInFlight);
        if (isOpen && Same(found, withInFlight) && !Same(found, _model))
        {
            inFlight.ApplyTo(_model);
            _next++;
            return $"{acknowledged} acknowledged, the next kept";
        }

        Assert.True(Same(found, _model), $"seed {seed}, {address}: {acknowledged} steps acknowledged up to {_next - 1}: {Difference(found)}");
        return $"{acknowledged} acknowledged";
    }

    private async Task<(bool IsOpen, int Acknowledged)> KillOneAsync(Random random, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Cistern.Kills.Victim"), [address, _next.ToString(System.Globalization.CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var victim = Process.Start(start)!;
        var complaints = victim.StandardError.ReadToEndAsync(cancellationToken);
        var output = victim.StandardOutput.BaseStream;
        var isOpen = false;
        var acknowledged = 0;
        try
        {
            // A third of the kills come at start-up, whatever it is doing; the others after some steps, and a moment into the next ones.
            if (random.Next(3) == 0) await Task.Delay(TimeSpan.FromMilliseconds(random.Next(LongestStartMilliseconds)), TimeProvider.System, cancellationToken);
            else await ReadUntilAsync(random.Next(MostSteps));
        }
        finally
        {
            victim.Kill();
        }

        await ReadUntilAsync(int.MaxValue);
        await victim.WaitForExitAsync(cancellationToken);
        var complaint = await complaints;
        Assert.True(complaint.Length == 0, complaint);
        return (isOpen, acknowledged);

        async Task ReadUntilAsync(int enough)
        {
            var buffer = new byte[256];
            while (acknowledged < enough && await output.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                isOpen = true;
                acknowledged += buffer.AsSpan(0, read).Count((byte)'.');
            }
        }
    }

    private async Task<Dictionary<string, long>> ReadAsync(int seed, CancellationToken cancellationToken)
    {
        await using var backend = await Schemes.OpenAsync(BackendAddress.Parse(address), cancellationToken: cancellationToken);
        var found = new Dictionary<string, long>();
        await foreach (var key in backend.KeysAsync("*", cancellationToken))
        {
            var value = await backend.GetAsync(key, cancellationToken);
            Assert.True(value is not null, $"seed {seed}: {key} is listed and not there");
            var number = long.Parse(Encoding.ASCII.GetString(value).Split('|')[1], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(new Step(StepKind.Set, [key], number).ValueOf(key), value);
            found.Add(key, number);
        }

        return found;
    }

    private static bool Same(Dictionary<string, long> found, Dictionary<string, long> expected) =>
        found.Count == expected.Count && expected.All(pair => found.TryGetValue(pair.Key, out var number) && number == pair.Value);

    private string Difference(Dictionary<string, long> found) => string.Join(", ", _model.Keys.Union(found.Keys)
        .Where(key => !_model.TryGetValue(key, out var expected) || !found.TryGetValue(key, out var actual) || expected != actual)
        .Take(10)
        .Select(key => $"{key} should be of step {(_model.TryGetValue(key, out var expected) ? expected : "none")} and is of {(found.TryGetValue(key, out var actual) ? actual : "none")}"));
}
