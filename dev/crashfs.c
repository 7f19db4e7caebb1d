// crashfs: a file system that forgets, when told to, everything that was never made durable.
//
//   crashfs BACKING MOUNTPOINT [--space=BYTES] [--fail-fsync=N] [--lie-after=N] [--seed=N]
//
// What is written stays in this process until fsync; names that are made, moved or removed stay provisional until their
// folder is fsynced. Both are on BACKING at once and for good after that.
//
//   SIGUSR1       power cut: the provisional is lost, the process ends.
//   SIGUSR2       power cut with torn writes: of what is provisional some sectors of 512 bytes, and the first few
//                 names, made it to the disk.
//   --space       writes that would need more room than this fail with ENOSPC.
//   --fail-fsync  each Nth fsync of a file fails with EIO and, as on Linux, forgets what it should have written.
//   --lie-after   after N fsyncs of files, the others do nothing and say that all is well.
//
// For tests only: small files, one thread, everything under one lock.
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <fuse.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { SECTOR = 512 };

// A file as its readers see it; `dirty` says which sectors the disk does not have.
struct node {
    char *path;
    unsigned char *data, *dirty;
    size_t size, room;
    int failures;
    struct node *next;
};

// As on Linux, an fsync that failed is told once to each who has the file open.
struct handle {
    int seen;
};

// A change of names that a power cut may undo.
struct change {
    enum { MADE, MOVED, REMOVED } kind;
    char *folder, *path, *from, *kept;
    struct change *older;
};

static char backing[4096], trash[4200];
static struct node *nodes;
static struct change *changes;
static long long space = -1;
static int failEvery, lieAfter, syncs, kept;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static char *text(const char *format, ...) {
    char *result = NULL;
    va_list list;
    va_start(list, format);
    if (vasprintf(&result, format, list) < 0) abort();
    va_end(list);
    return result;
}

static const char *real(const char *path) {
    static char buffer[8192];
    snprintf(buffer, sizeof buffer, "%s%s", backing, path);
    return buffer;
}

static char *folder_of(const char *path) {
    char *copy = strdup(path), *slash = strrchr(copy, '/');
    slash[slash == copy ? 1 : 0] = 0;
    return copy;
}

static void note(int kind, const char *path, const char *from, char *keptAs) {
    struct change *change = calloc(1, sizeof *change);
    change->kind = kind;
    change->folder = folder_of(path);
    change->path = strdup(path);
    change->from = from ? strdup(from) : NULL;
    change->kept = keptAs;
    change->older = changes;
    changes = change;
}

// Puts aside what is about to be removed or replaced, so that a power cut can bring it back.
static char *put_aside(const char *path) {
    struct stat status;
    if (lstat(real(path), &status) != 0) return NULL;
    char *name = text("%s/%d", trash, kept++);
    if (rename(real(path), name) != 0) abort();
    return name;
}

static void resize(struct node *node, size_t size) {
    if (size > node->room) {
        size_t room = (size * 2 + SECTOR - 1) / SECTOR * SECTOR;
        node->data = realloc(node->data, room);
        node->dirty = realloc(node->dirty, room / SECTOR);
        if (!node->data || !node->dirty) abort();
        memset(node->data + node->room, 0, room - node->room);
        memset(node->dirty + node->room / SECTOR, 0, (room - node->room) / SECTOR);
        node->room = room;
    }
    if (size < node->size) memset(node->data + size, 0, node->size - size);
    node->size = size;
}

static struct node *find(const char *path) {
    for (struct node *node = nodes; node; node = node->next)
        if (strcmp(node->path, path) == 0) return node;
    return NULL;
}

static struct node *load(const char *path) {
    struct node *node = find(path);
    if (node) return node;
    int file = open(real(path), O_RDONLY);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) return NULL;
    node = calloc(1, sizeof *node);
    node->path = strdup(path);
    resize(node, status.st_size);
    for (size_t at = 0; at < node->size;) {
        ssize_t count = pread(file, node->data + at, node->size - at, at);
        if (count <= 0) abort();
        at += count;
    }
    close(file);
    node->next = nodes;
    nodes = node;
    return node;
}

static void forget(const char *path) {
    for (struct node **link = &nodes; *link; link = &(*link)->next) {
        if (strcmp((*link)->path, path) != 0) continue;
        struct node *node = *link;
        *link = node->next;
        free(node->path);
        free(node->data);
        free(node->dirty);
        free(node);
        return;
    }
}

// Brings sectors to the disk: all dirty ones, or a random half of them.
static void flush(struct node *node, int torn) {
    int file = open(real(node->path), O_WRONLY);
    if (file < 0) return;
    for (size_t at = 0; at < node->size; at += SECTOR) {
        if (!node->dirty[at / SECTOR] || (torn && rand() % 2)) continue;
        size_t count = node->size - at < SECTOR ? node->size - at : SECTOR;
        if (pwrite(file, node->data + at, count, at) != (ssize_t)count) abort();
    }
    if ((!torn || rand() % 2) && ftruncate(file, node->size) != 0) abort();
    memset(node->dirty, 0, node->room / SECTOR);
    close(file);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place) {
    (void)status, (void)type, (void)place;
    return remove(path);
}

static void undo(struct change *change) {
    if (change->kind == MADE) nftw(real(change->path), remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (change->kind == MOVED) {
        char *from = strdup(real(change->from));
        rename(real(change->path), from);
        free(from);
    }
    if (change->kept) rename(change->kept, real(change->path));
}

static void power_cut(int torn) {
    if (torn)
        for (struct node *node = nodes; node; node = node->next) flush(node, 1);
    int count = 0;
    for (struct change *change = changes; change; change = change->older) count++;
    int lost = torn && count ? rand() % (count + 1) : count;
    for (struct change *change = changes; change && lost > 0; change = change->older, lost--) undo(change);
    _exit(0);
}

static void *wait_for_cut(void *set) {
    int signal;
    sigwait(set, &signal);
    pthread_mutex_lock(&lock);
    power_cut(signal == SIGUSR2);
    return NULL;
}

static sigset_t cuts;

static void *start(struct fuse_conn_info *connection, struct fuse_config *configuration) {
    (void)connection;
    configuration->hard_remove = 1;
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_cut, &cuts);
    puts("ready");
    fflush(stdout);
    return NULL;
}

#define LOCKED(body)                \
    pthread_mutex_lock(&lock);      \
    int result = 0;                 \
    body;                           \
    pthread_mutex_unlock(&lock);    \
    return result
#define CHECK(call) \
    if ((call) != 0) result = -errno

static int do_getattr(const char *path, struct stat *status, struct fuse_file_info *info) {
    (void)info;
    LOCKED({
        CHECK(lstat(real(path), status));
        struct node *node = result == 0 ? find(path) : NULL;
        if (node) status->st_size = node->size;
    });
}

static int do_readdir(
    const char *path, void *buffer, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *info,
    enum fuse_readdir_flags flags) {
    (void)offset, (void)info, (void)flags;
    LOCKED({
        DIR *folder = opendir(real(path));
        if (!folder) result = -errno;
        for (struct dirent *entry; folder && (entry = readdir(folder));) fill(buffer, entry->d_name, NULL, 0, 0);
        if (folder) closedir(folder);
    });
}

static void handle(struct fuse_file_info *info, const struct node *node) {
    struct handle *handle = calloc(1, sizeof *handle);
    if (!handle) abort();
    handle->seen = node->failures;
    info->fh = (uintptr_t)handle;
}

static int do_release(const char *path, struct fuse_file_info *info) {
    (void)path;
    free((struct handle *)(uintptr_t)info->fh);
    return 0;
}

static int do_create(const char *path, mode_t mode, struct fuse_file_info *info) {
    LOCKED({
        int file = open(real(path), O_RDWR | O_CREAT | O_EXCL, mode);
        if (file >= 0) note(MADE, path, NULL, NULL);
        else if (errno != EEXIST) result = -errno;
        if (file >= 0) close(file);
        struct node *node = result == 0 ? load(path) : NULL;
        if (node) handle(info, node);
        else if (result == 0) result = -EIO;
    });
}

static int do_open(const char *path, struct fuse_file_info *info) {
    LOCKED({
        struct node *node = load(path);
        if (node) handle(info, node);
        else result = -ENOENT;
    });
}

static int do_read(const char *path, char *buffer, size_t size, off_t offset, struct fuse_file_info *info) {
    (void)info;
    LOCKED({
        struct node *node = load(path);
        if (!node) result = -ENOENT;
        else if ((size_t)offset < node->size) {
            result = node->size - offset < size ? node->size - offset : size;
            memcpy(buffer, node->data + offset, result);
        }
    });
}

static int do_write(const char *path, const char *buffer, size_t size, off_t offset, struct fuse_file_info *info) {
    (void)info;
    LOCKED({
        struct node *node = load(path);
        size_t end = offset + size;
        if (!node) result = -ENOENT;
        else if (space >= 0 && end > node->size && (long long)(end - node->size) > space) result = -ENOSPC;
        else {
            if (end > node->size) {
                if (space >= 0) space -= end - node->size;
                resize(node, end);
            }
            memcpy(node->data + offset, buffer, size);
            for (size_t at = offset / SECTOR; at <= (end - 1) / SECTOR; at++) node->dirty[at] = 1;
            result = size;
        }
    });
}

static int do_truncate(const char *path, off_t size, struct fuse_file_info *info) {
    (void)info;
    LOCKED({
        struct node *node = load(path);
        if (!node) result = -ENOENT;
        else {
            if (space >= 0) space += (long long)node->size - size;
            resize(node, size);
        }
    });
}

static int do_fsync(const char *path, int dataOnly, struct fuse_file_info *info) {
    (void)dataOnly;
    LOCKED({
        struct node *node = load(path);
        struct handle *handle = (struct handle *)(uintptr_t)info->fh;
        if (!node) result = -ENOENT;
        else if (syncs++, failEvery && syncs % failEvery == 0) {
            memset(node->dirty, 0, node->room / SECTOR);
            handle->seen = ++node->failures;
            result = -EIO;
        } else if (handle->seen != node->failures) {
            handle->seen = node->failures;
            result = -EIO;
        } else if (!lieAfter || syncs <= lieAfter) flush(node, 0);
    });
}

static int do_fsyncdir(const char *path, int dataOnly, struct fuse_file_info *info) {
    (void)dataOnly, (void)info;
    LOCKED({
        for (struct change **link = &changes; *link;) {
            if (strcmp((*link)->folder, path) == 0) *link = (*link)->older;
            else link = &(*link)->older;
        }
    });
}

static int do_unlink(const char *path) {
    LOCKED({
        struct node *node = find(path);
        if (node && space >= 0) space += node->size;
        char *aside = put_aside(path);
        if (!aside) result = -ENOENT;
        else {
            forget(path);
            note(REMOVED, path, NULL, aside);
        }
    });
}

static int do_rename(const char *from, const char *to, unsigned int flags) {
    LOCKED({
        if (flags) result = -EINVAL;
        else {
            struct node *node = load(from);
            char *aside = put_aside(to);
            char *target = strdup(real(to));
            CHECK(rename(real(from), target));
            free(target);
            if (result == 0) {
                forget(to);
                if (node) {
                    free(node->path);
                    node->path = strdup(to);
                }
                note(MOVED, to, from, aside);
            }
        }
    });
}

static int do_mkdir(const char *path, mode_t mode) {
    LOCKED({
        CHECK(mkdir(real(path), mode));
        if (result == 0) note(MADE, path, NULL, NULL);
    });
}

static int do_rmdir(const char *path) { LOCKED({ CHECK(rmdir(real(path))); }); }

static int do_chmod(const char *path, mode_t mode, struct fuse_file_info *info) {
    (void)info;
    LOCKED({ CHECK(chmod(real(path), mode)); });
}

static int do_chown(const char *path, uid_t user, gid_t group, struct fuse_file_info *info) {
    (void)path, (void)user, (void)group, (void)info;
    return 0;
}

static int do_utimens(const char *path, const struct timespec times[2], struct fuse_file_info *info) {
    (void)info;
    LOCKED({ CHECK(utimensat(AT_FDCWD, real(path), times, AT_SYMLINK_NOFOLLOW)); });
}

static int do_statfs(const char *path, struct statvfs *status) {
    LOCKED({ CHECK(statvfs(real(path), status)); });
}

static void stop(void *data) {
    (void)data;
    for (struct node *node = nodes; node; node = node->next) flush(node, 0);
}

int main(int count, char **arguments) {
    if (count < 3 || !realpath(arguments[1], backing)) {
        fprintf(stderr, "usage: crashfs BACKING MOUNTPOINT [--space=BYTES] [--fail-fsync=N] [--lie-after=N] [--seed=N]\n");
        return 2;
    }
    for (int index = 3; index < count; index++) {
        unsigned seed;
        if (sscanf(arguments[index], "--space=%lld", &space) == 1) continue;
        if (sscanf(arguments[index], "--fail-fsync=%d", &failEvery) == 1) continue;
        if (sscanf(arguments[index], "--lie-after=%d", &lieAfter) == 1) continue;
        if (sscanf(arguments[index], "--seed=%u", &seed) == 1) srand(seed);
    }
    snprintf(trash, sizeof trash, "%s.removed", backing);
    mkdir(trash, 0700);
    sigemptyset(&cuts);
    sigaddset(&cuts, SIGUSR1);
    sigaddset(&cuts, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &cuts, NULL);
    struct fuse_operations operations = {
        .init = start, .destroy = stop, .getattr = do_getattr, .readdir = do_readdir, .create = do_create,
        .open = do_open, .read = do_read, .write = do_write, .truncate = do_truncate, .fsync = do_fsync, .release = do_release,
        .fsyncdir = do_fsyncdir, .unlink = do_unlink, .rename = do_rename, .mkdir = do_mkdir, .rmdir = do_rmdir,
        .chmod = do_chmod, .chown = do_chown, .utimens = do_utimens, .statfs = do_statfs,
    };
    char *fuse[] = {arguments[0], "-f", "-s", "-o", "fsname=crashfs", arguments[2], NULL};
    return fuse_main(6, fuse, &operations, NULL);
}
