using System.Buffers.Binary;
using Npgsql;

namespace Cistern;

/// <summary>Sends rows to a COPY FROM STDIN in the binary form, and waits until the server has taken them all.</summary>
internal static class CopyIn
{
    private const int BufferBytes = 64 * 1024;
    private const int RowColumns = 8;
    private const int StepBytes = 2 * sizeof(int);

    // The signature, no flags, and no further header.
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Sends the rows of a batch.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="statement">The statement, of the columns of a row, and of the step after them if it is sent.</param>
    /// <param name="steps">The rows.</param>
    /// <param name="hasStep">Whether the number of its step is sent with each row.</param>
    public static async Task SendAsync(NpgsqlConnection connection, string statement, IReadOnlyList<BatchStep> steps, bool hasStep)
    {
        var stream = await connection.BeginRawBinaryCopyAsync(statement).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            (stream.ReadTimeout, stream.WriteTimeout) = (Timeout.Infinite, Timeout.Infinite);
            try
            {
                await SendAsync(stream, steps, hasStep).ConfigureAwait(false);
            }
            catch
            {
                // To dispose of the stream is to end the COPY well: what was sent so far would stay.
                await stream.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
        }
    }

    private static async Task SendAsync(NpgsqlRawCopyStream stream, IReadOnlyList<BatchStep> steps, bool hasStep)
    {
        var buffer = new byte[BufferBytes];
        Header.CopyTo(buffer);
        var length = Header.Length;
        for (var number = 0; number < steps.Count; number++)
        {
            foreach (var row in steps[number].Rows)
            {
                var bytes = row.Bytes;
                if (sizeof(short) + bytes.Length + StepBytes > buffer.Length - length)
                {
                    await stream.WriteAsync(buffer.AsMemory(0, length)).ConfigureAwait(false);
                    length = 0;
                }

                BinaryPrimitives.WriteInt16BigEndian(buffer.AsSpan(length), (short)(hasStep ? RowColumns + 1 : RowColumns));
                length += sizeof(short);
                if (bytes.Length + StepBytes > buffer.Length - length)
                {
                    await stream.WriteAsync(buffer.AsMemory(0, length)).ConfigureAwait(false);
                    await stream.WriteAsync(bytes).ConfigureAwait(false);
                    length = 0;
                }
                else
                {
                    bytes.Span.CopyTo(buffer.AsSpan(length));
                    length += bytes.Length;
                }

                if (!hasStep) continue;
                BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(length), sizeof(int));
                BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(length + sizeof(int)), number);
                length += StepBytes;
            }
        }

        // The end of the rows; at most two bytes short of room.
        if (sizeof(short) > buffer.Length - length)
        {
            await stream.WriteAsync(buffer.AsMemory(0, length)).ConfigureAwait(false);
            length = 0;
        }

        BinaryPrimitives.WriteInt16BigEndian(buffer.AsSpan(length), -1);
        await stream.WriteAsync(buffer.AsMemory(0, length + sizeof(short))).ConfigureAwait(false);
    }
}
