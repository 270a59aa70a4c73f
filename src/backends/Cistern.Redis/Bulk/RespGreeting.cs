namespace Cistern;

/// <summary>What is said first over a connection: who we are, and which database we want.</summary>
internal static class RespGreeting
{
    /// <summary>Says it, and reads the answers. What a server does not let us do now and may let us do later is no reason to stay away: each command is told by itself.</summary>
    /// <returns>What the server says to our being there; null: nothing but yes.</returns>
    /// <exception cref="RespOpenException">The server does not let us in.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public static async Task<string?> SendAsync(RespConnection connection, RespSettings settings, CancellationToken cancellationToken)
    {
        var hasPassword = !string.IsNullOrEmpty(settings.Password);
        var hasDatabase = settings.Database != 0;
        Write(connection.Output, hasPassword ? settings.Password : null, settings.Database);
        await connection.SendAsync(cancellationToken).ConfigureAwait(false);
        string? said = null;
        if (hasPassword) await ReadAsync().ConfigureAwait(false);
        if (hasDatabase && await ReadAsync().ConfigureAwait(false) is { } noDatabase) throw new RespOpenException(ObstacleOfDatabase(noDatabase), noDatabase);
        await ReadAsync().ConfigureAwait(false);
        return await ReadAsync().ConfigureAwait(false);

        async Task<string?> ReadAsync()
        {
            try
            {
                if (await connection.ReadAsync(default, cancellationToken).ConfigureAwait(false) is not { } refusal) return null;

                // A server that does not know a command shows what it was asked.
                said = hasPassword ? refusal.Replace(settings.Password!, "***", StringComparison.Ordinal) : refusal;
            }
            catch (IOException fault) when (said is not null)
            {
                // It said why, and closed: it has no room, perhaps.
                throw new RespOpenException(RespObstacle.Other, said, fault);
            }

            return IsOfThePassword(said) ? throw new RespOpenException(RespObstacle.Password, said) : said;
        }
    }

    private static void Write(RespBuffer output, string? password, int database)
    {
        if (password is not null)
        {
            output.Begin(2);
            output.Write("AUTH"u8);
            output.Write("", password);
        }

        if (database != 0)
        {
            output.Begin(2);
            output.Write("SELECT"u8);
            output.Write(database);
        }

        // So that whoever looks at a server's clients knows what they are.
        output.Begin(3);
        output.Write("CLIENT"u8);
        output.Write("SETNAME"u8);
        output.Write("cistern-bulk"u8);
        output.Begin(1);
        output.Write("PING"u8);
    }

    // Not: a password that the server does not want.
    private static bool IsOfThePassword(string refusal) =>
        refusal.StartsWith("WRONGPASS", StringComparison.Ordinal) || refusal.StartsWith("NOAUTH", StringComparison.Ordinal) || refusal.StartsWith("ERR invalid password", StringComparison.Ordinal);

    private static RespObstacle ObstacleOfDatabase(string refusal) =>
        refusal.Contains("index", StringComparison.Ordinal) || refusal.Contains("cluster mode", StringComparison.Ordinal) ? RespObstacle.Database : RespObstacle.Other;
}
