namespace Cistern;

/// <summary>Opens a file and reads it through once: into memory when it is small enough, into an index otherwise.</summary>
internal static class FileLoad
{
    // One array holds what is read of a pipe before it is known how long it is.
    private const long MostHeldOfPipe = 1024 * 1024 * 1024;

    public static FileEntries Run(string path, FileFormat format, FileSourceOptions options, CancellationToken cancellationToken)
    {
        var file = SourceFile.Open(path);
        var isKept = false;
        try
        {
            if (file.Length is not { } length) return LoadPipe(file.Stream, path, format, options, cancellationToken);
            isKept = length > options.MaxMemoryBytes;
            EntriesBuilder builder = isKept ? new IndexedEntriesBuilder(path, file, format, options) : new HeldEntriesBuilder();
            var entries = Scan(file.Stream, path, format, options, builder, cancellationToken);
            isKept &= ThrowIfChanged(file, entries);
            return entries;
        }
        catch (IOException error)
        {
            isKept = false;
            throw FileFault.Unreadable(path, error);
        }
        catch
        {
            isKept = false;
            throw;
        }
        finally
        {
            if (!isKept) file.Dispose();
        }
    }

    private static FileEntries LoadPipe(Stream pipe, string path, FileFormat format, FileSourceOptions options, CancellationToken cancellationToken)
    {
        var mostBytes = Math.Min(options.MaxMemoryBytes, MostHeldOfPipe);
        var beginning = ReadUpTo(pipe, mostBytes + 1, cancellationToken);
        if (beginning.Length <= mostBytes) return Scan(beginning, path, format, options, new HeldEntriesBuilder(), cancellationToken);

        var copy = TemporaryFile.Create(options.TempFolder);
        try
        {
            using var stream = new SpillingStream(beginning.GetBuffer().AsMemory(0, (int)beginning.Length), pipe, copy);
            return Scan(stream, path, format, options, new IndexedEntriesBuilder(path, copy, format, options), cancellationToken);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private static MemoryStream ReadUpTo(Stream stream, long mostBytes, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (bytes.Length < mostBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = stream.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, mostBytes - bytes.Length)));
            if (read == 0) break;
            bytes.Write(buffer.AsSpan(0, read));
        }

        bytes.Position = 0;
        return bytes;
    }

    private static FileEntries Scan(Stream stream, string name, FileFormat format, FileSourceOptions options, EntriesBuilder builder, CancellationToken cancellationToken)
    {
        using var _ = builder;
        var scanner = new RecordScanner(stream, format.CreateSplitter(), name, options.MaxRecordBytes, format.AcceptsByteOrderMark);
        if (format.HasHeader)
        {
            var header = scanner.Read(cancellationToken) ? scanner.Record : (ReadOnlyMemory<byte>?)null;
            if (format.ReadHeader(header) is { } reason) throw scanner.Fault(reason);
        }

        while (scanner.Read(cancellationToken))
        {
            var record = format.Decode(scanner.Record);
            if (record.Fault is { } reason) throw scanner.Fault(reason, record.FaultPosition);
            if (CacheKey.Explain(record.Entry.Key) is { } rule) throw scanner.Fault(rule);
            if (record.Entry.Value.Length > options.MaxValueBytes) throw scanner.Fault($"The value has {record.Entry.Value.Length} bytes; at most {ByteCount.Describe(options.MaxValueBytes)} are allowed.");
            if (!builder.Add(record, scanner.Offset, scanner.Record.Length) && !format.AcceptsDuplicates) throw scanner.Fault(FileFault.DuplicateKey);
        }

        return builder.Build(cancellationToken);
    }

    private static bool ThrowIfChanged(SourceFile file, FileEntries entries)
    {
        try
        {
            file.ThrowIfChanged();
            return true;
        }
        catch
        {
            entries.Dispose();
            throw;
        }
    }
}
