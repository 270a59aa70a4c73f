using System.Text;

namespace Cistern.Tests;

/// <summary>Stores numbers one after another, alone and in batches, and prints each one once it is acknowledged. Ends when it is killed.</summary>
internal static class AcknowledgedWork
{
    public static int Run(string path, long from, string durability)
    {
        using var backend = SqliteBackend.Open(path, new SqliteBackendOptions { Durability = Enum.Parse<SqliteDurability>(durability) });
        using var output = Console.OpenStandardOutput();
        for (var number = from; ; number++)
        {
            if (number % 10 == 0)
            {
                var batch = Enumerable.Range(0, 20).Select(i => new SetRequest($"batch:{number}:{i}", Value(number), null));
                backend.SetManyAsync(batch).AsTask().GetAwaiter().GetResult();
            }
            else
            {
                backend.Set($"single:{number}", Value(number));
                backend.Set("latest", Value(number), SetOptions.IfNewer(number));
            }

            output.Write(Encoding.ASCII.GetBytes($"{number}\n"));
        }
    }

    private static byte[] Value(long number) => Encoding.ASCII.GetBytes($"{number}:{new string('x', (int)(number % 500))}");
}
