// Usage: commits FOLDER SECONDS CALLERS
// How many durable enqueues a second SQLite alone does with the settings and the grouping of the store: each caller hands
// over a body of 1 KB and waits until it is committed; one thread writes all that wait as one transaction, with no timer.
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BODY = 1024, LARGEST_GROUP = 512, MOST_CALLERS = 1024 };

struct caller {
    pthread_cond_t done;
    int waits;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;
static struct caller callers[MOST_CALLERS];
static int waiting[MOST_CALLERS], waiting_count, writer_sleeps, over, running;
static long long finished, groups;

static void demand(int status, sqlite3 *database) {
    if (status == SQLITE_OK || status == SQLITE_DONE || status == SQLITE_ROW) return;
    fprintf(stderr, "commits: %s\n", sqlite3_errmsg(database));
    exit(1);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void *call(void *argument) {
    int me = (int)(long)argument;
    pthread_mutex_lock(&lock);
    while (!over) {
        callers[me].waits = 1;
        waiting[waiting_count++] = me;
        if (writer_sleeps) pthread_cond_signal(&work);
        while (callers[me].waits) pthread_cond_wait(&callers[me].done, &lock);
    }
    running--;
    pthread_cond_signal(&work);
    pthread_mutex_unlock(&lock);
    return NULL;
}

// Takes all that wait; 0 when every caller has gone.
static int take(int *group) {
    pthread_mutex_lock(&lock);
    writer_sleeps = 1;
    while (waiting_count == 0 && running > 0) pthread_cond_wait(&work, &lock);
    writer_sleeps = 0;
    int count = waiting_count < LARGEST_GROUP ? waiting_count : LARGEST_GROUP;
    memcpy(group, waiting, (size_t)count * sizeof *group);
    memmove(waiting, waiting + count, (size_t)(waiting_count - count) * sizeof *waiting);
    waiting_count -= count;
    pthread_mutex_unlock(&lock);
    return count;
}

static void answer(const int *group, int count) {
    pthread_mutex_lock(&lock);
    for (int index = 0; index < count; index++) {
        callers[group[index]].waits = 0;
        pthread_cond_signal(&callers[group[index]].done);
    }
    finished += count;
    groups++;
    pthread_mutex_unlock(&lock);
}

static sqlite3 *open_database(const char *folder) {
    char path[4096];
    snprintf(path, sizeof path, "%s/commits.sqlite", folder);
    sqlite3 *database;
    demand(sqlite3_open(path, &database), database);
    demand(sqlite3_exec(database,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;"
        "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384;"
        "CREATE TABLE item (number INTEGER PRIMARY KEY, queue INTEGER NOT NULL, priority INTEGER NOT NULL, visible INTEGER,"
        " token INTEGER, due INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, enqueued INTEGER NOT NULL, member TEXT,"
        " worker TEXT, death_queue TEXT, death_reason TEXT, death_attempts INTEGER, death_at INTEGER, body BLOB NOT NULL);"
        "CREATE INDEX item_ready ON item (queue, priority, visible, token);"
        "CREATE INDEX item_member ON item (queue, member, number) WHERE member IS NOT NULL;",
        NULL, NULL, NULL), database);
    return database;
}

static void *write_groups(void *argument) {
    sqlite3 *database = argument;
    sqlite3_stmt *begin, *insert, *commit;
    demand(sqlite3_prepare_v2(database, "BEGIN IMMEDIATE", -1, &begin, NULL), database);
    demand(sqlite3_prepare_v2(database, "COMMIT", -1, &commit, NULL), database);
    demand(sqlite3_prepare_v2(database,
        "INSERT INTO item (number, queue, priority, visible, due, enqueued, member, body) VALUES (?, 1, 0, ?, ?, ?, NULL, ?)",
        -1, &insert, NULL), database);
    static char body[BODY];
    int group[LARGEST_GROUP], count;
    sqlite3_int64 number = 0;
    while ((count = take(group)) > 0) {
        sqlite3_int64 now = (sqlite3_int64)time(NULL) * 1000;
        demand(sqlite3_step(begin), database), sqlite3_reset(begin);
        for (int index = 0; index < count; index++) {
            sqlite3_bind_int64(insert, 1, ++number);
            for (int column = 2; column <= 4; column++) sqlite3_bind_int64(insert, column, now);
            sqlite3_bind_blob(insert, 5, body, BODY, SQLITE_STATIC);
            demand(sqlite3_step(insert), database), sqlite3_reset(insert);
        }
        demand(sqlite3_step(commit), database), sqlite3_reset(commit);
        answer(group, count);
    }
    return NULL;
}

int main(int count, char **words) {
    if (count != 4) return fprintf(stderr, "usage: commits FOLDER SECONDS CALLERS\n"), 2;
    double duration = atof(words[2]);
    running = atoi(words[3]);
    if (running < 1 || running > MOST_CALLERS) return fprintf(stderr, "commits: 1 to %d callers\n", MOST_CALLERS), 2;
    sqlite3 *database = open_database(words[1]);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 16);
    pthread_t writer, thread;
    pthread_create(&writer, NULL, write_groups, database);
    double begun = seconds();
    for (int index = 0, all = running; index < all; index++) {
        pthread_cond_init(&callers[index].done, NULL);
        pthread_create(&thread, &small, call, (void *)(long)index);
        pthread_detach(thread);
    }
    struct timespec pause = {(time_t)duration, (long)((duration - (double)(time_t)duration) * 1e9)};
    nanosleep(&pause, NULL);
    pthread_mutex_lock(&lock);
    over = 1;
    double ended = seconds();
    long long done = finished, made = groups;
    pthread_mutex_unlock(&lock);
    pthread_join(writer, NULL);
    printf("{\"per_second\": %.0f, \"group\": %.1f}\n", (double)done / (ended - begun), (double)done / (double)(made ? made : 1));
    return 0;
}
