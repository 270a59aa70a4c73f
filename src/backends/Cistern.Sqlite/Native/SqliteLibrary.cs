using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Cistern;

/// <summary>
/// The functions of SQLite that the backend calls, straight from the system's library. Calls that only move a number or a pointer skip the
/// transition to native code; whatever may run a query, wait or free memory does not.
/// </summary>
/// <remarks>See https://sqlite.org/c3ref/funclist.html.</remarks>
internal static unsafe partial class SqliteLibrary
{
    public const int OpenReadOnly = 0x1;
    public const int OpenReadWrite = 0x2;
    public const int OpenMemory = 0x80;
    public const int OpenNoMutex = 0x8000;

    private const string Library = "sqlite3";
    private const int OldestVersion = 3_035_000;
    private static readonly Lazy<nint> Handle = new(() => Load(Candidates));

    private static string[] Candidates =>
        OperatingSystem.IsWindows() ? ["sqlite3.dll", "winsqlite3.dll"]
        : OperatingSystem.IsMacOS() ? ["libsqlite3.dylib"]
        : ["libsqlite3.so.0", "libsqlite3.so"];

    /// <summary>Makes sure that the library is there and fit. Called before any other function.</summary>
    /// <exception cref="DllNotFoundException">It is not; the message says what to install.</exception>
    public static void EnsureLoaded() => _ = Handle.Value;

    /// <summary>Loads the first library that is there.</summary>
    /// <exception cref="DllNotFoundException">None is, or it is too old; the message says what to install.</exception>
    internal static nint Load(IReadOnlyList<string> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (!NativeLibrary.TryLoad(candidate, typeof(SqliteLibrary).Assembly, null, out var handle)) continue;
            NativeLibrary.SetDllImportResolver(typeof(SqliteLibrary).Assembly, (name, _, _) => name == Library ? handle : 0);
            var version = VersionNumber();
            if (version >= OldestVersion && ThreadSafe() != 0) return handle;
            throw new DllNotFoundException($"The system's SQLite library {candidate} (version number {version}) cannot be used: it must be 3.35 or newer, and thread-safe.");
        }

        throw new DllNotFoundException(
            $"SQLite's library is not installed (looked for {string.Join(", ", candidates)}). On Debian and Ubuntu: apt-get install libsqlite3-0; on Alpine: apk add sqlite-libs; on Fedora: dnf install sqlite-libs.");
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_libversion_number")]
    public static partial int VersionNumber();

    [LibraryImport(Library, EntryPoint = "sqlite3_threadsafe")]
    public static partial int ThreadSafe();

    [LibraryImport(Library, EntryPoint = "sqlite3_open_v2")]
    public static partial int Open(byte* path, nint* connection, int flags, byte* fileSystem);

    [LibraryImport(Library, EntryPoint = "sqlite3_close_v2")]
    public static partial int Close(nint connection);

    [LibraryImport(Library, EntryPoint = "sqlite3_extended_result_codes")]
    public static partial int UseExtendedCodes(nint connection, int on);

    [LibraryImport(Library, EntryPoint = "sqlite3_busy_timeout")]
    public static partial int SetBusyTimeout(nint connection, int milliseconds);

    [LibraryImport(Library, EntryPoint = "sqlite3_sleep")]
    public static partial int Sleep(int milliseconds);

    [LibraryImport(Library, EntryPoint = "sqlite3_get_autocommit")]
    public static partial int IsAutoCommit(nint connection);

    [LibraryImport(Library, EntryPoint = "sqlite3_errmsg")]
    public static partial byte* ErrorMessage(nint connection);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v3")]
    public static partial int Prepare(nint connection, byte* sql, int length, uint flags, nint* statement, byte** tail);

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    public static partial int FinalizeStatement(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial int Reset(nint statement);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    public static partial int BindNumber(nint statement, int index, long number);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    public static partial int BindNull(nint statement, int index);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    public static partial int BindText(nint statement, int index, byte* text, int length, nint destructor);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    public static partial int BindBlob(nint statement, int index, byte* bytes, int length, nint destructor);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    public static partial int ColumnType(nint statement, int column);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    public static partial long ColumnNumber(nint statement, int column);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    public static partial int ColumnLength(nint statement, int column);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob")]
    public static partial byte* ColumnBytes(nint statement, int column);
}
