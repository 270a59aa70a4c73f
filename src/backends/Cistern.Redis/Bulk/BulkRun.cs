namespace Cistern;

/// <summary>
/// Sends commands over one connection and reads their answers: always some windows on their way, so that the server finds the next when it is done with one, also when this thread is late. A window's
/// answers are few bytes, which the server can always send: nobody waits for somebody who waits. One use, one thread.
/// </summary>
internal sealed class BulkRun(BulkPlan plan, RespConnection connection, IReadOnlyList<BulkCommand> commands, BulkResult result)
{
    private const int WindowBytes = 64 * 1024;

    // The first is small, so that the server begins soon.
    private const int FirstWindowBytes = 8 * 1024;
    private const int WindowCommands = 1_000;
    private const int Windows = 4;

    // Of windows that one large value makes larger: each has all of the patience, and one on its way beside it is enough.
    private const int LargeWindows = 2;

    // The commands and bytes of each window on its way.
    private readonly Queue<(int Commands, int Bytes)> _sent = new();
    private int _bytesOnTheirWay;
    private int _next;
    private int _answered;
    private int _done;

    // Whether each command has one answer, which is a word.
    private bool _isPlain = !plan.IsScript;

    /// <summary>The commands that were sent and not answered: they may have been done or not.</summary>
    public IEnumerable<BulkCommand> Unanswered => commands.Skip(_answered).Take(_next - _answered);

    /// <summary>The commands that were not sent.</summary>
    public IEnumerable<BulkCommand> Unsent => commands.Skip(_next);

    /// <summary>Runs it. On any exception the connection is of no more use.</summary>
    /// <param name="progress">Told after each window in which something was done.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Action progress, CancellationToken cancellationToken)
    {
        if (plan.IsScript && !connection.KnowsScript) await TellScriptAsync(cancellationToken).ConfigureAwait(false);
        while (_next < commands.Count || _sent.Count > 0)
        {
            while (_sent.Count < (_bytesOnTheirWay < Windows * WindowBytes ? Windows : LargeWindows) && _next < commands.Count) await SendAsync(cancellationToken).ConfigureAwait(false);
            var done = _done;
            var (left, bytes) = _sent.Dequeue();
            _bytesOnTheirWay -= bytes;
            while (left > 0)
            {
                var plain = _isPlain ? connection.TakeOk(left) : 0;
                (_answered, _done, left) = (_answered + plain, _done + plain, left - plain);
                if (left == 0) break;
                await ReadAsync(commands[_answered], cancellationToken).ConfigureAwait(false);
                left--;
            }

            if (_done > done) progress();
        }
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        var first = _next;
        var bytes = first == 0 ? FirstWindowBytes : WindowBytes;
        while (_next < commands.Count && _next - first < WindowCommands && connection.Output.Length < bytes)
        {
            var command = commands[_next++];
            if (command.IsAsking)
            {
                _isPlain = false;
                connection.Output.Begin(1);
                connection.Output.Write("ASKING"u8);
            }

            plan.Write(command, connection.Output);
        }

        _bytesOnTheirWay += connection.Output.Length;
        _sent.Enqueue((_next - first, connection.Output.Length));
        await connection.SendAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ReadAsync(BulkCommand command, CancellationToken cancellationToken)
    {
        if (command.IsAsking) await connection.ReadAsync(default, cancellationToken).ConfigureAwait(false);
        var count = plan.AnswersOf(command);
        var numbers = count == 0 ? default : result.Numbers(count);
        var error = await connection.ReadAsync(numbers, cancellationToken).ConfigureAwait(false);
        if (error is null)
        {
            plan.Note(command, numbers.Span);
            _done++;
        }
        else if (result.Note(command, error, connection))
        {
            _done++;
        }

        _answered++;
    }

    private async ValueTask TellScriptAsync(CancellationToken cancellationToken)
    {
        connection.Output.Begin(3);
        connection.Output.Write("SCRIPT"u8);
        connection.Output.Write("LOAD"u8);
        connection.Output.Write("", RedisScript.Set.Text);
        await connection.SendAsync(cancellationToken).ConfigureAwait(false);
        if (await connection.ReadAsync(default, cancellationToken).ConfigureAwait(false) is { } error) throw new IOException(error);
        connection.KnowsScript = true;
    }
}
