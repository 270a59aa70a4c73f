namespace Cistern;

/// <summary>Why a server does not let us in.</summary>
/// <param name="Reason">The reason, in one line.</param>
/// <param name="Fault">What was thrown.</param>
/// <param name="IsCertain">Whether the multiplexer need not be waited for, which would fare no better: it may have a certificate of the client's, or a callback that trusts the server's.</param>
internal sealed record ProbeFailure(string Reason, Exception Fault, bool IsCertain);
