namespace Cistern;

/// <summary>What one run over one connection leaves: how it ended, and what is to be sent again. One thread.</summary>
internal sealed class BulkResult(BulkPlan plan, BulkFailures failures)
{
    private static readonly string[] Passing = ["TRYAGAIN", "CLUSTERDOWN", "LOADING", "NOSCRIPT", "MASTERDOWN", "READONLY"];

    private int[] _numbers = [];

    public BulkEnd End { get; set; }

    /// <summary>What ended the run before its time; null: nothing did.</summary>
    public Exception? Fault { get; set; }

    /// <summary>What is not done yet.</summary>
    public List<BulkLeftover> Leftovers { get; } = [];

    /// <summary>Whether a refused command of several entries was parted, so that each can be sent at once.</summary>
    public bool HasParted { get; private set; }

    /// <summary>What a server said the last time that a command was to be sent again; null: none was.</summary>
    public string? Delay { get; private set; }

    /// <summary>Room for the numbers of an answer, until the next one.</summary>
    public Memory<int> Numbers(int count)
    {
        if (_numbers.Length < count) _numbers = new int[count];
        return _numbers.AsMemory(0, count);
    }

    /// <summary>Takes commands that were not sent, or may be sent again.</summary>
    public void Leave(IEnumerable<BulkCommand> commands) => Leftovers.AddRange(commands.Select(command => new BulkLeftover(command with { IsAsking = false }, null)));

    /// <summary>Takes a command's error.</summary>
    /// <returns>Whether the server has decided about the command: it is no reason to lose patience.</returns>
    public bool Note(BulkCommand command, string error, RespConnection connection)
    {
        switch (Read(error, connection.Server, out var server))
        {
            case BulkAnswer.Moved:
                Leftovers.Add(new BulkLeftover(command with { IsAsking = false }, server));
                break;
            case BulkAnswer.Ask:
                Leftovers.Add(new BulkLeftover(command with { IsAsking = true }, server));
                break;
            case BulkAnswer.Again:
                connection.KnowsScript = false;
                Delay = error;

                // Some of the keys are here already and some still there, perhaps for long: each key by itself is somewhere.
                Leave(error.StartsWith("TRYAGAIN", StringComparison.Ordinal) ? plan.Split(command) : [command]);
                break;
            case BulkAnswer.Failed when command.Count > 1 && !plan.IsScript:
                // None of them was done, and why tells nothing of each.
                Delay = error;
                HasParted = true;
                Leave(plan.Split(command));
                return true;
            default:
                failures.Note(plan, command, error);
                return true;
        }

        return false;
    }

    // "MOVED 3999 127.0.0.1:6381": without a host, it is the one that answers.
    private static BulkAnswer Read(string error, RespTarget answering, out RespTarget? server)
    {
        server = null;
        var words = error.Split(' ');
        if (words is ["MOVED" or "ASK", _, var address, ..] && RespTarget.TryParse(address) is { } target)
        {
            server = RespTarget.IsHost(target.Host) ? target : answering with { Port = target.Port };
            return words[0] == "ASK" ? BulkAnswer.Ask : BulkAnswer.Moved;
        }

        return Passing.Contains(words[0]) ? BulkAnswer.Again : BulkAnswer.Failed;
    }
}
