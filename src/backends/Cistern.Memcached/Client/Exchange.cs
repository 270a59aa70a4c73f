using System.Diagnostics;
using System.Text;

namespace Cistern;

/// <summary>
/// Some commands that are sent together, and their replies. All but the last are quiet: only what is out of the ordinary is answered, and an <c>MN</c>
/// behind them says that every one was carried out. Each that may be answered has a number that comes back with its reply, so that no reply is taken for another's.
/// Completed by its connection: done, or failed with it.
/// </summary>
internal abstract class Exchange() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private ulong _next;
    private ulong _end;
    private string? _serverError;
    private int _serverErrors;

    /// <summary>When the time of its call is over, as <see cref="Stopwatch.GetTimestamp"/> counts; null: it is a piece of a batch, which has no such time.</summary>
    public long? Deadline { get; private set; }

    /// <summary>The commands sent; known once it is posted.</summary>
    public int Count { get; private set; }

    /// <summary>Writes the commands behind one another, and an end behind them; returns the first number that is free then.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="first">The number of the first command.</param>
    public ulong Begin(SendBuffer buffer, ulong first)
    {
        Count = Write(buffer, first);
        buffer.Append("mn\r\n"u8);
        _next = first;
        return _end = first + (ulong)Count;
    }

    /// <summary>Sets when the time of its call is over.</summary>
    public Exchange Until(long deadline)
    {
        Deadline = deadline;
        return this;
    }

    /// <summary>Takes the next reply of its connection; true when it was the last one of these.</summary>
    /// <exception cref="MemcachedFaultException">It is the reply to something else.</exception>
    public bool Take(in Reply reply)
    {
        switch (reply.Kind)
        {
            case ReplyKind.End:
                return true;
            case ReplyKind.ServerError:
                _serverErrors++;
                _serverError ??= Encoding.ASCII.GetString(reply.Data);
                return false;
            case ReplyKind.ClientError:
                throw new MemcachedFaultException($"it did not understand a command: {Encoding.ASCII.GetString(reply.Data)}");
            default:
                // In the order of their commands, each at most once.
                if (reply.Opaque is not { } opaque || opaque < _next || opaque >= _end) throw new MemcachedFaultException("it sent a reply to something that it was not asked");
                var index = Count - (int)(_end - opaque);
                _next = opaque + 1;

                // Nobody waits for it any more.
                if (!Task.IsCompleted) Accept(index, reply);
                return false;
        }
    }

    /// <summary>Completes it: every reply has come.</summary>
    public void Complete()
    {
        // A server's error does not say which command it is about.
        if (_serverError is null) TrySetResult();
        else Fail(new MemcachedFaultException($"the server refused {(Count == 1 ? "it" : $"{_serverErrors} of {Count} commands")}: {_serverError}"));
    }

    /// <summary>Tells whoever waits why it failed. Nobody may: of a batch that has failed already, or a call that was cancelled.</summary>
    public void Fail(Exception reason)
    {
        // Looked at, so that it is not told as one that nobody saw.
        if (TrySetException(reason)) _ = Task.Exception;
    }

    /// <summary>Writes commands; returns how many.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="first">The number of the first; the others' follow.</param>
    protected abstract int Write(SendBuffer buffer, ulong first);

    /// <summary>Takes a reply to one of the commands.</summary>
    /// <param name="index">Which.</param>
    /// <param name="reply">Its reply; good during the call.</param>
    protected abstract void Accept(int index, in Reply reply);
}
