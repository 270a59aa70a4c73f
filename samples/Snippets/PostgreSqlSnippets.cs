using Cistern;

namespace Samples;

/// <summary>The PostgreSQL backend, used: where CISTERN_POSTGRESQL has the connection string of a server to try it on.</summary>
internal static class PostgreSqlSnippets
{
    public static async Task RunAsync()
    {
        if (Environment.GetEnvironmentVariable("CISTERN_POSTGRESQL") is not { Length: > 0 } connectionString)
        {
            Console.WriteLine("PostgreSQL: not run, as CISTERN_POSTGRESQL names no server.");
            return;
        }

        #region PostgreSql
        await using var backend = await PostgreSqlBackend.OpenAsync(connectionString, new PostgreSqlBackendOptions { Table = "sessions" });
        await backend.SetStringAsync("user:1", "Ada");

        await using var another = await PostgreSqlBackend.OpenAsync(connectionString, new PostgreSqlBackendOptions { Table = "sessions" });
        string? name = await another.GetStringAsync("user:1");         // here or on another machine: the same entries
        #endregion
        Check.That(name == "Ada");
        await backend.ClearAsync();
    }
}
