using System.Runtime.CompilerServices;
using System.Text;

namespace Cistern;

/// <summary>Lists keys page by page, in the order of their hashes; between pages it holds nothing.</summary>
internal sealed class KeyListing(Database database, EntryStatements statements, Func<long> clock)
{
    private const int PageRows = 1_000;

    /// <summary>The keys of live entries that match a pattern.</summary>
    public async IAsyncEnumerable<string> ListAsync(KeyPattern pattern, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var prefix = Encoding.UTF8.GetBytes(pattern.LiteralPrefix);
        byte[]? next = [];
        while (next is { } after)
        {
            (next, var page) = await ReadPageAsync(after, prefix, cancellationToken).ConfigureAwait(false);
            foreach (var key in page)
            {
                if (pattern.IsMatch(key)) yield return key;
            }
        }
    }

    private Task<(byte[]? Last, List<string> Keys)> ReadPageAsync(byte[] after, byte[] prefix, CancellationToken cancellationToken) => database.ReadAsync(
        (statements, After: after, Prefix: prefix, Now: clock()),
        static async (connection, call) =>
        {
            var keys = new List<string>();
            byte[]? last = null;
            var rows = 0;
            var command = connection.Command(call.statements.ListPage);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Bytes(call.After).Number(PageRows).Number(call.Now).Bytes(call.Prefix).Step(call.Prefix.Length);
                var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    for (; await reader.ReadAsync().ConfigureAwait(false); rows++)
                    {
                        last = reader.Bytes(0);
                        if (!reader.IsDBNull(1) && StoredKey.Read(last, reader.Bytes(1)) is { } key) keys.Add(key);
                    }
                }
            }

            return (rows == PageRows ? last : null, keys);
        },
        cancellationToken);
}
