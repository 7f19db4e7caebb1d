// Fills a root folder with what a runtime needs: nothing is there that the server did not name.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "starter.h"

struct entry {
    uint32_t kind, mode;
    const char *target, *source;
};

// Opens a path of the host, its symbolic links followed as the host would.
static int open_host(const char *path, int flags) {
    static int host = -1;
    if (host < 0) host = open("/host", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct open_how how = {.flags = (uint64_t)(flags | O_CLOEXEC), .resolve = RESOLVE_IN_ROOT};
    return (int)syscall(SYS_openat2, host, path, &how, sizeof how);
}

static void make_parents(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(path, 0755);
        *slash = '/';
    }
}

static int copy_content(int from, const char *path, uint32_t mode) {
    int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (to < 0) return -1;
    ssize_t moved;
    off_t offset = 0;
    do moved = sendfile(to, from, &offset, 1 << 20);
    while (moved > 0);
    int error = errno;
    if (fchmod(to, mode) != 0) moved = -1;
    close(to);
    errno = error;
    return moved < 0 ? -1 : 0;
}

// Copies a file of the host once; each root gets a name of the copy, through the mount that the copy lies in.
static int copy(const struct entry *entry, int folder) {
    char kept[512];
    snprintf(kept, sizeof kept, "/files/%s", entry->source);
    for (char *c = kept + 7; *c; c++)
        if (*c == '/') *c = '%';
    if (linkat(AT_FDCWD, kept, folder, entry->target, 0) == 0) return 0;
    int from = open_host(entry->source, O_RDONLY);
    if (from < 0) return -1;
    int result = copy_content(from, kept, entry->mode);
    close(from);
    return result == 0 ? linkat(AT_FDCWD, kept, folder, entry->target, 0) : -1;
}

static int attach(const struct entry *entry, const char *path) {
    struct stat stat;
    int from = open_host(entry->source, O_PATH);
    if (from < 0 || fstat(from, &stat) != 0) return -1;
    if (entry->kind == SANDBOX_DEVICE && !S_ISCHR(stat.st_mode)) return close(from), errno = ENODEV, -1;
    if (S_ISDIR(stat.st_mode)) {
        if (mkdir(path, 0755) != 0 && errno != EEXIST) return close(from), -1;
    } else {
        int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        if (file < 0) return close(from), -1;
        close(file);
    }
    int tree = open_tree(from, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
    close(from);
    if (tree < 0) return -1;
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV};
    if (entry->kind == SANDBOX_DEVICE) attr.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID;
    if (entry->kind == SANDBOX_HOST) attr.attr_set = 0;
    int result = attr.attr_set ? mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof attr) : 0;
    if (result == 0) result = move_mount(tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
    int error = errno;
    close(tree);
    errno = error;
    return result;
}

// A device of our own where that is allowed, else the host's through a mount. Either way it is the one of that name.
static int device(const struct entry *entry, const char *path) {
    const struct {
        const char *path;
        unsigned minor;
    } known[] = {{"/dev/null", 3}, {"/dev/zero", 5}, {"/dev/full", 7}, {"/dev/random", 8}, {"/dev/urandom", 9}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].path, entry->source) != 0) continue;
        if (mknod(path, S_IFCHR | 0666, makedev(1, known[i].minor)) == 0) return chmod(path, 0666);
        return errno == EPERM ? attach(entry, path) : -1;
    }
    return errno = EINVAL, -1;
}

static int make(const struct entry *entry, const char *root, int folder, int content) {
    char path[768];
    if (strstr(entry->target, "..")) return errno = EINVAL, -1;
    snprintf(path, sizeof path, "%s/%s", root, entry->target);
    make_parents(path);
    switch (entry->kind) {
        case SANDBOX_DIRECTORY:
            return mkdir(path, entry->mode) == 0 || errno == EEXIST ? chmod(path, entry->mode) : -1;
        case SANDBOX_SYMLINK: return symlink(entry->source, path);
        case SANDBOX_COPY: return copy(entry, folder);
        case SANDBOX_CONTENT: return copy_content(content, path, entry->mode);
        case SANDBOX_DEVICE: return device(entry, path);
        case SANDBOX_BIND:
        case SANDBOX_HOST: return attach(entry, path);
        default: return errno = EINVAL, -1;
    }
}

// Reads `u32 count`, then per entry: u32 kind, u32 mode, string target, string source.
//
// `root` is where mounts are made; `folder` is the same folder, through the mount that all our files lie in.
int entries_make(const char *root, int folder, struct sandbox_reader *r, const int *fds, size_t count) {
    size_t entries = sandbox_read_u32(r), used = 0;
    for (size_t i = 0; i < entries && !r->bad; i++) {
        struct entry entry = {.kind = sandbox_read_u32(r), .mode = sandbox_read_u32(r)};
        entry.target = sandbox_read_string(r);
        entry.source = sandbox_read_string(r);
        int content = -1;
        if (entry.kind == SANDBOX_CONTENT) {
            if (used >= count) return errno = EBADMSG, failed("content", entry.target);
            content = fds[used++];
        }
        if (!r->bad && make(&entry, root, folder, content) != 0) return failed("root", entry.target);
    }
    return r->bad ? (errno = EBADMSG, failed("root", "")) : 0;
}
