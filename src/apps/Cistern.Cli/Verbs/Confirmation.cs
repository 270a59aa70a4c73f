namespace Cistern.Cli;

/// <summary>Asks before what cannot be undone.</summary>
internal static class Confirmation
{
    private const int LongestAnswer = 64;

    /// <summary>Refuses where nobody can be asked.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isAgreed">Whether <c>--yes</c> was given.</param>
    /// <param name="what">What would be done, for the refusal.</param>
    /// <exception cref="BadInputException">Nobody has agreed, and nobody can be asked.</exception>
    public static void Require(VerbRun run, bool isAgreed, string what)
    {
        if (!isAgreed && !CanAsk(run)) throw new BadInputException($"{what} asks first, and there is no terminal to ask on; --yes agrees beforehand");
    }

    /// <summary>Asks a question; only yes is yes.</summary>
    public static async Task<bool> AskAsync(VerbRun run, string question)
    {
        await run.Console.Error.WriteAsync(TerminalText.Escape(question) + " [y/N] ").ConfigureAwait(false);
        await run.Console.Error.FlushAsync(run.CancellationToken).ConfigureAwait(false);

        // A read from a terminal cannot be cancelled, only left alone.
        var answer = await Task.Run(() => ReadLine(run.Console.OpenInput()), run.CancellationToken).WaitAsync(run.CancellationToken).ConfigureAwait(false);
        return answer.Trim().ToLowerInvariant() is "y" or "yes";
    }

    // A question that nobody sees is no question.
    private static bool CanAsk(VerbRun run) => run.Console is { InputIsTerminal: true, ErrorIsTerminal: true };

    private static string ReadLine(Stream input)
    {
        var answer = new System.Text.StringBuilder();
        while (answer.Length < LongestAnswer && input.ReadByte() is >= 0 and not '\n' and var read) answer.Append((char)read);
        return answer.ToString();
    }
}
