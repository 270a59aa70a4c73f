namespace Cistern.Tests.Memory;

/// <summary>What was done to a key.</summary>
internal enum HistoryAct
{
    Get,
    Set,
    SetIfAbsent,
    Delete,
    Exists,
}

/// <summary>One operation of a history: what was asked, what came back, and between which moments.</summary>
/// <param name="Act">What was done.</param>
/// <param name="Given">The value that was set; 0: none.</param>
/// <param name="Result">The value that was got; or 1: done, there; 0: not.</param>
/// <param name="Began">The moment before it was called.</param>
/// <param name="Ended">The moment after it returned.</param>
internal sealed record HistoryOperation(HistoryAct Act, int Given, int Result, long Began, long Ended)
{
    /// <summary>The value after it, if it happened at once while there was another; null: then it would have returned something else.</summary>
    public int? After(int value) => Act switch
    {
        HistoryAct.Get => Result == value ? value : null,
        HistoryAct.Exists => Result == (value == 0 ? 0 : 1) ? value : null,
        HistoryAct.Set => Given,
        HistoryAct.SetIfAbsent => Result == (value == 0 ? 1 : 0) ? (value == 0 ? Given : value) : null,
        _ => Result == (value == 0 ? 0 : 1) ? 0 : null,
    };
}
