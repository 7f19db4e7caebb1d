// The starter's own view of the file system. There are two:
//
// - its own, where the host lies below /host, and where code trees are mounted below /trees;
// - the base, which a child that becomes bubblewrap enters: it holds bubblewrap, its libraries, /proc, five devices and
//   the finished runtime roots below /roots, and nothing else of the host.
//
// Both are private mount namespaces on one tmpfs: the host never sees a mount of ours, and nothing is written to a disk.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "starter.h"

static int own_namespace = -1, base_namespace = -1;
static uint64_t last_tree;

static int write_text(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return failed("open", path);
    ssize_t written = write(fd, text, strlen(text));
    if (written < 0) failed("write", path);
    close(fd);
    return written < 0 ? -1 : 0;
}

// Without root's rights: a user namespace in which we are root over our own mounts, and over nothing else.
static int become_own_root(int uid, int gid) {
    char map[64];
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return failed("unshare user namespace", "");
    if (write_text("/proc/self/setgroups", "deny") != 0) return -1;
    snprintf(map, sizeof map, "0 %d 1", uid);
    if (write_text("/proc/self/uid_map", map) != 0) return -1;
    snprintf(map, sizeof map, "0 %d 1", gid);
    return write_text("/proc/self/gid_map", map);
}

// Moves the host below /host of a tmpfs of our own. Gives 1 where that took a user namespace, 0 where not.
int mounts_set_up(int uid, int gid) {
    int rootless = uid != 0 || unshare(CLONE_NEWNS) != 0;
    if (rootless && become_own_root(uid, gid) != 0) return -1;
    umask(0022);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return failed("make mounts private", "/");
    if (mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID, "mode=0755,size=256m") != 0) return failed("mount", "/tmp");
    if (chdir("/tmp") != 0) return failed("chdir", "/tmp");
    const char *folders[] = {"host", "roots", "trees", "files", "base"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (mkdir(folders[i], 0755) != 0) return failed("mkdir", folders[i]);
    if (syscall(SYS_pivot_root, ".", "host") != 0) return failed("pivot_root", "");
    if (chdir("/") != 0 || symlink("host/proc", "proc") != 0) return failed("chdir", "/");
    own_namespace = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    return own_namespace < 0 ? failed("open", "/proc/self/ns/mnt") : rootless;
}

static int set_attributes(int tree, uint64_t attributes) {
    struct mount_attr attr = {.attr_set = attributes};
    return mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof attr);
}

// Fills the folder at `path` and gives it, with all that is mounted in it, as a detached tree.
static int build(const char *path, uint64_t attributes, struct sandbox_reader *entries, const int *fds, size_t count) {
    int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int tree = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (tree < 0 || move_mount(tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) != 0) return failed("bind", path);
    close(tree);
    int result = entries_make(path, folder, entries, fds, count);
    close(folder);
    tree = -1;
    if (result == 0) {
        tree = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
        if (tree < 0 || set_attributes(tree, attributes) != 0) failed("clone", path);
    }
    umount2(path, MNT_DETACH);
    return tree;
}

// Makes the base's namespace, with what `entries` say in it.
int mounts_open_base(struct sandbox_reader *entries, const int *fds, size_t count) {
    int tree = build("/base", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, entries, fds, count);
    if (tree < 0) return -1;
    if (unshare(CLONE_NEWNS) != 0) return failed("unshare", "");
    int moved = move_mount(tree, "", AT_FDCWD, "/base", MOVE_MOUNT_F_EMPTY_PATH);
    close(tree);
    if (moved != 0 || chdir("/base") != 0) return failed("mount", "/base");
    if (syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0) return failed("pivot_root", "/base");
    base_namespace = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (base_namespace < 0) return failed("open", "/proc/self/ns/mnt");
    return setns(own_namespace, CLONE_NEWNS) != 0 ? failed("setns", "") : 0;
}

int mounts_enter_base(void) { return setns(base_namespace, CLONE_NEWNS) != 0 ? failed("setns", "") : 0; }

// Builds a runtime's root and puts it into the base, read-only.
int mounts_add_root(uint32_t id, struct sandbox_reader *entries, const int *fds, size_t count) {
    char own[64], base[64];
    snprintf(own, sizeof own, "/roots/%u", id);
    snprintf(base, sizeof base, "/base/roots/%u", id);
    if (mkdir(own, 0755) != 0 || mkdir(base, 0755) != 0) return failed("mkdir", own);
    int tree = build(own, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, entries, fds, count);
    if (tree < 0) return -1;
    int result = mounts_enter_base();
    if (result == 0 && move_mount(tree, "", AT_FDCWD, own, MOVE_MOUNT_F_EMPTY_PATH) != 0) result = failed("mount", own);
    if (setns(own_namespace, CLONE_NEWNS) != 0) result = failed("setns", "");
    close(tree);
    return result;
}

static const char *path_of(uint64_t tree) {
    static char path[64];
    snprintf(path, sizeof path, "/trees/%llu", (unsigned long long)tree);
    return path;
}

static int set_option(int context, const char *key, uint64_t value) {
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    return fsconfig(context, FSCONFIG_SET_STRING, key, text, 0) != 0 ? failed("fsconfig", key) : 0;
}

// A mount of an empty tmpfs that holds so much and no more, and whose pages never go to swap where the kernel allows.
static int make_tmpfs(uint64_t size, uint64_t files) {
    int context = fsopen("tmpfs", FSOPEN_CLOEXEC), mount = -1;
    if (context < 0) return failed("fsopen", "tmpfs");
    fsconfig(context, FSCONFIG_SET_FLAG, "noswap", NULL, 0);
    int result = set_option(context, "size", size);
    if (result == 0) result = set_option(context, "nr_inodes", files);
    if (result == 0) result = fsconfig(context, FSCONFIG_SET_STRING, "mode", "0755", 0);
    if (result == 0) result = fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
    if (result == 0) mount = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    if (mount < 0) failed("fsmount", "tmpfs");
    close(context);
    return mount;
}

// Makes an empty code tree. Gives a descriptor of its root, through which the server fills it.
int tree_make(uint64_t size, uint64_t files, uint64_t *tree) {
    int mount = make_tmpfs(size, files);
    if (mount < 0) return -1;
    *tree = ++last_tree;
    const char *path = path_of(*tree);
    int attached = mkdir(path, 0755) == 0 && move_mount(mount, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) == 0;
    if (!attached) failed("mount", path);
    close(mount);
    if (!attached) return rmdir(path), -1;
    int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return root < 0 ? failed("open", path) : root;
}

// Forgets a code tree. Sandboxes that have it keep it.
void tree_drop(uint64_t tree) {
    umount2(path_of(tree), MNT_DETACH);
    rmdir(path_of(tree));
}

// A read-only view of a code tree, not mounted anywhere yet.
int tree_clone(uint64_t tree) {
    int clone = open_tree(AT_FDCWD, path_of(tree), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (clone < 0) return failed("open_tree", path_of(tree));
    if (set_attributes(clone, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV) == 0) return clone;
    failed("mount_setattr", path_of(tree));
    close(clone);
    return -1;
}
