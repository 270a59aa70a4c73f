namespace Cistern;

/// <summary>Why a server does not let us in.</summary>
/// <param name="Reason">The reason, in one line.</param>
/// <param name="Fault">What was thrown.</param>
/// <param name="IsOfTheCertificate">Whether it is we who do not trust it: a callback of the multiplexer's, which nobody else can ask, may.</param>
internal sealed record ProbeFailure(string Reason, Exception Fault, bool IsOfTheCertificate);
