/* The same work as Program.cs, by a plain C program: the same schema and settings, prepared statements, one upsert statement per entry,
   1000 entries per transaction; then point gets of a value and what a cache must look at beside it.
   No header is needed beyond the library's own functions, which are declared here.
     baseline DATABASE KEYS VALUE_BYTES BATCHES GETS */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
typedef long long int64;
int sqlite3_open_v2(const char *, sqlite3 **, int, const char *);
int sqlite3_close_v2(sqlite3 *);
int sqlite3_exec(sqlite3 *, const char *, void *, void *, char **);
const char *sqlite3_errmsg(sqlite3 *);
int sqlite3_prepare_v3(sqlite3 *, const char *, int, unsigned, sqlite3_stmt **, const char **);
int sqlite3_step(sqlite3_stmt *);
int sqlite3_reset(sqlite3_stmt *);
int sqlite3_finalize(sqlite3_stmt *);
int sqlite3_bind_text(sqlite3_stmt *, int, const char *, int, void *);
int sqlite3_bind_blob(sqlite3_stmt *, int, const void *, int, void *);
int sqlite3_bind_int64(sqlite3_stmt *, int, int64);
int sqlite3_bind_null(sqlite3_stmt *, int);
int sqlite3_column_type(sqlite3_stmt *, int);
const void *sqlite3_column_blob(sqlite3_stmt *, int);
int sqlite3_column_bytes(sqlite3_stmt *, int);

enum { READ_WRITE = 2, CREATE = 4, NO_MUTEX = 0x8000, PERSISTENT = 1, ROW = 100, DONE = 101, TYPE_NULL = 5, BATCH = 1000 };

static sqlite3 *connection;
static unsigned state = 12345;

static void check(int good) {
    if (!good) { fprintf(stderr, "%s\n", sqlite3_errmsg(connection)); exit(1); }
}

static void run(const char *sql) { check(sqlite3_exec(connection, sql, NULL, NULL, NULL) == 0); }

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement;
    check(sqlite3_prepare_v3(connection, sql, -1, PERSISTENT, &statement, NULL) == 0);
    return statement;
}

static unsigned next(unsigned count) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % count;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void open_database(const char *path, int is_new) {
    check(sqlite3_open_v2(path, &connection, READ_WRITE | CREATE | NO_MUTEX, NULL) == 0);
    if (is_new) run("PRAGMA auto_vacuum = INCREMENTAL");
    run("PRAGMA trusted_schema = OFF");
    run("PRAGMA cell_size_check = ON");
    run("PRAGMA cache_size = -16384");
    run("PRAGMA wal_autocheckpoint = 4096");
    run("PRAGMA journal_size_limit = 16777216");
    run("PRAGMA synchronous = NORMAL");
    run("PRAGMA journal_mode = WAL");
}

static void upsert(sqlite3_stmt *statement, const char *key, const char *value, int bytes, int64 sequence) {
    sqlite3_bind_text(statement, 1, key, (int)strlen(key), NULL);
    sqlite3_bind_null(statement, 2);
    sqlite3_bind_int64(statement, 3, 1763600000000LL);
    sqlite3_bind_null(statement, 4);
    sqlite3_bind_null(statement, 5);
    sqlite3_bind_null(statement, 6);
    sqlite3_bind_int64(statement, 7, sequence);
    sqlite3_bind_null(statement, 8);
    sqlite3_bind_blob(statement, 9, value, bytes, NULL);
    check(sqlite3_step(statement) == DONE);
    sqlite3_reset(statement);
}

static void get(sqlite3_stmt *statement, const char *key, char *destination, int bytes) {
    sqlite3_bind_text(statement, 1, key, (int)strlen(key), NULL);
    check(sqlite3_step(statement) == ROW);
    check(sqlite3_column_type(statement, 1) == TYPE_NULL);
    const void *found = sqlite3_column_blob(statement, 0);
    check(sqlite3_column_bytes(statement, 0) == bytes);
    memcpy(destination, found, bytes);
    check(destination[bytes - 1] == 'x');
    sqlite3_reset(statement);
}

int main(int count, char **arguments) {
    if (count != 6) return 2;
    int keys = atoi(arguments[2]), bytes = atoi(arguments[3]), batches = atoi(arguments[4]), gets = atoi(arguments[5]);
    char (*names)[16] = malloc(keys * sizeof *names), (*drawn)[16], *value = malloc(bytes), *destination = malloc(bytes);
    for (int i = 0; i < keys; i++) snprintf(names[i], sizeof *names, "key:%08d", i);
    int draws = batches * BATCH > gets ? batches * BATCH : gets;
    drawn = malloc(draws * sizeof *drawn);
    for (int i = 0; i < draws; i++) memcpy(drawn[i], names[next(keys)], sizeof *drawn);
    memset(value, 'x', bytes);

    open_database(arguments[1], 1);
    run("CREATE TABLE entries(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, version INTEGER, created_at INTEGER NOT NULL, expires_at INTEGER, ttl INTEGER,"
        " absolute_end INTEGER, accessed INTEGER, metadata TEXT, value BLOB)");
    run("CREATE INDEX entries_expires_at ON entries(expires_at) WHERE expires_at IS NOT NULL");
    sqlite3_stmt *write = prepare(
        "INSERT INTO entries(key, version, created_at, expires_at, ttl, absolute_end, accessed, metadata, value) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
        " ON CONFLICT(key) DO UPDATE SET version = excluded.version, created_at = excluded.created_at, expires_at = excluded.expires_at, ttl = excluded.ttl,"
        " absolute_end = excluded.absolute_end, accessed = excluded.accessed, metadata = excluded.metadata, value = excluded.value");
    int64 sequence = 0;
    for (int first = 0; first < keys; first += BATCH) {
        run("BEGIN IMMEDIATE");
        for (int i = first; i < first + BATCH && i < keys; i++) upsert(write, names[i], value, bytes, ++sequence);
        run("COMMIT");
    }

    double started = now();
    for (int batch = 0; batch < batches; batch++) {
        run("BEGIN IMMEDIATE");
        for (int i = 0; i < BATCH; i++) upsert(write, drawn[batch * BATCH + i], value, bytes, ++sequence);
        run("COMMIT");
    }
    double upserts = (double)batches * BATCH / (now() - started);
    sqlite3_finalize(write);
    sqlite3_close_v2(connection);

    open_database(arguments[1], 0);
    sqlite3_stmt *read = prepare("SELECT value, expires_at, ttl, accessed FROM entries WHERE key = ?1");
    for (int i = 0; i < keys; i++) get(read, names[i], destination, bytes);
    started = now();
    for (int i = 0; i < gets; i++) get(read, drawn[i], destination, bytes);
    printf("%.0f %.0f\n", upserts, gets / (now() - started));
    sqlite3_finalize(read);
    sqlite3_close_v2(connection);
    return 0;
}
