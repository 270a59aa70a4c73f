namespace Cistern.Cli;

/// <summary>What the user gave cannot be used. The message is the one line they see: where, what is wrong, what is allowed. Ends the program with 2.</summary>
internal sealed class BadInputException : Exception
{
    public BadInputException(string message) : base(message)
    {
    }

    public BadInputException(string message, Exception cause) : base(message, cause)
    {
    }
}
