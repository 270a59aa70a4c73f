namespace Cistern.Tests;

/// <summary>Readers that are lent again and again: what went wrong once does not stay with one.</summary>
public sealed class ReaderTests : SqliteTest
{
    [Fact]
    public async Task AStatementThatCouldNotBePrepared_IsPreparedLater()
    {
        using var backend = Open();
        backend.Set("key", Bytes("value"));
        RawDatabase.Run(DatabasePath, "ALTER TABLE totals RENAME TO moved");
        await Assert.ThrowsAsync<CacheBackendException>(() => StatsAsync(backend));
        RawDatabase.Run(DatabasePath, "ALTER TABLE moved RENAME TO totals");
        Assert.Equal(1, (await StatsAsync(backend)).CurrentEntries);
    }

    [Fact]
    public void AReaderThatCouldNotEndItsTransaction_IsNotLentAgain()
    {
        Open().Dispose();
        var opened = new List<SqliteConnection>();
        using var readers = new PooledReaders(() =>
        {
            opened.Add(RawDatabase.Open(DatabasePath));
            return new EntryReader(opened[^1]);
        });
        var first = readers.Rent();
        readers.Return(first);
        Assert.Same(first, readers.Rent());
        Assert.Throws<SqliteFaultException>(() => first.InOneSnapshot(opened[0], static (_, connection) => connection.Execute("COMMIT"u8)));
        readers.Return(first);
        Assert.NotSame(first, readers.Rent());
        Assert.Equal(2, opened.Count);
    }
}
