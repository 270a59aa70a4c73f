namespace Cistern;

/// <summary>What one run over one connection leaves: what failed, and what is to be sent again. One thread.</summary>
internal sealed class BulkResult(BulkPlan plan)
{
    private const int KeysShown = 3;

    private static readonly string[] Passing = ["TRYAGAIN", "CLUSTERDOWN", "LOADING", "NOSCRIPT", "MASTERDOWN", "READONLY"];

    private readonly List<string> _failedKeys = [];
    private int[] _numbers = [];
    private int _failed;
    private string? _error;

    /// <summary>What is not done yet.</summary>
    public List<BulkLeftover> Leftovers { get; } = [];

    /// <summary>The first error that sending again would not help; null: there was none.</summary>
    public string? Failure => _error is null ? null : $"{_failed} of the keys were refused, the first of them {string.Join(", ", _failedKeys.Select(key => $"\"{key}\""))}: {_error}";

    /// <summary>Room for the numbers of an answer, until the next one.</summary>
    public Memory<int> Numbers(int count)
    {
        if (_numbers.Length < count) _numbers = new int[count];
        return _numbers.AsMemory(0, count);
    }

    /// <summary>Takes a command's error.</summary>
    public void Note(BulkCommand command, string error, RespConnection connection)
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
                Leftovers.Add(new BulkLeftover(command with { IsAsking = false }, null));
                break;
            default:
                Fail(command, error);
                break;
        }
    }

    /// <summary>Takes a command that failed for good.</summary>
    public void Fail(BulkCommand command, string error)
    {
        _error ??= error;
        _failed += command.Count;
        if (_failedKeys.Count < KeysShown) _failedKeys.Add(plan.KeyOf(command));
    }

    // "MOVED 3999 127.0.0.1:6381": without a host, it is the one that answers.
    private static BulkAnswer Read(string error, RespTarget answering, out RespTarget? server)
    {
        server = null;
        var words = error.Split(' ');
        if (words is ["MOVED" or "ASK", _, var address, ..] && RespTarget.TryParse(address) is { } target)
        {
            server = target.Host.Length == 0 ? answering with { Port = target.Port } : target;
            return words[0] == "ASK" ? BulkAnswer.Ask : BulkAnswer.Moved;
        }

        return Passing.Contains(words[0]) ? BulkAnswer.Again : BulkAnswer.Failed;
    }
}
