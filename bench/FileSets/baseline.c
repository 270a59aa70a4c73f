/*
 * The bare system calls that an appended record needs: a loop of write, and a loop of write and fsync.
 *   baseline FOLDER RECORD_BYTES WRITES SYNCED_WRITES
 * Prints writes a second, then synced writes a second.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double rate(const char *folder, long bytes, long count, int synced) {
    char path[4096];
    snprintf(path, sizeof path, "%s/bare.%d", folder, synced);
    int file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    char *record = malloc((size_t)bytes);
    if (file < 0 || record == NULL) exit(1);
    memset(record, 'x', (size_t)bytes);
    double began = now();
    for (long i = 0; i < count; i++) {
        if (write(file, record, (size_t)bytes) != bytes) exit(1);
        if (synced && fsync(file) != 0) exit(1);
    }
    double took = now() - began;
    close(file);
    unlink(path);
    free(record);
    return (double)count / took;
}

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    double writes = rate(argv[1], atol(argv[2]), atol(argv[3]), 0);
    double synced = rate(argv[1], atol(argv[2]), atol(argv[4]), 1);
    printf("%.0f %.0f\n", writes, synced);
    return 0;
}
