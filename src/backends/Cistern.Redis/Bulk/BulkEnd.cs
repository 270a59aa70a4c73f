namespace Cistern;

/// <summary>How a run over one connection ended.</summary>
internal enum BulkEnd
{
    /// <summary>Every command was answered; some may have been sent elsewhere, or told to come again.</summary>
    Answered,

    /// <summary>The connection broke, or nobody was there: what was not answered may have been done or not.</summary>
    Broken,

    /// <summary>The server let no connection in: nothing was sent.</summary>
    Refused,
}
