// One control group per sandbox in each hierarchy. Which hierarchies, files and values: the server says.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "starter.h"

// A hierarchy: the folder that holds our sandboxes' groups, and what is read from a group there.
static struct {
    int folder;
    char path[512];
    char oom_file[64];   // has a line `oom_kill N`; empty: none
    char peak_file[64];  // the most memory ever used; empty: none
} hierarchies[MAX_HIERARCHIES];
static size_t hierarchy_count;

static const char *name_of(uint64_t group) {
    static char name[32];
    snprintf(name, sizeof name, "%llu", (unsigned long long)group);
    return name;
}

static int open_in(size_t h, uint64_t group, const char *file, int flags) {
    char path[128];
    if (strchr(file, '/')) return errno = EINVAL, -1;
    snprintf(path, sizeof path, "%s/%s", name_of(group), file);
    return openat(hierarchies[h].folder, path, flags | O_CLOEXEC);
}

static int write_file(size_t h, uint64_t group, const char *file, const char *value) {
    int fd = open_in(h, group, file, O_WRONLY);
    if (fd < 0) return -1;
    ssize_t written = write(fd, value, strlen(value));
    int error = errno;
    close(fd);
    errno = error;
    return written < 0 ? -1 : 0;
}

// Version 2: lets our folder hand controllers down to the groups below it.
static int hand_down(int folder, const char *controllers) {
    int fd = openat(folder, "cgroup.subtree_control", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return failed("open", "cgroup.subtree_control");
    ssize_t written = write(fd, controllers, strlen(controllers));
    if (written < 0) failed("hand down", controllers);
    close(fd);
    return written < 0 ? -1 : 0;
}

// Reads `u32 count`, then per hierarchy: string folder, string oom file, string peak file, string controllers to hand down.
int cgroups_open(struct sandbox_reader *r) {
    size_t count = sandbox_read_u32(r);
    if (count > MAX_HIERARCHIES) return errno = EINVAL, failed("cgroups", "");
    for (size_t h = 0; h < count; h++) {
        snprintf(hierarchies[h].path, sizeof hierarchies[h].path, "%s", sandbox_read_string(r));
        snprintf(hierarchies[h].oom_file, sizeof hierarchies[h].oom_file, "%s", sandbox_read_string(r));
        snprintf(hierarchies[h].peak_file, sizeof hierarchies[h].peak_file, "%s", sandbox_read_string(r));
        const char *controllers = sandbox_read_string(r);
        if (r->bad) return errno = EBADMSG, failed("cgroups", "");
        if (mkdir(hierarchies[h].path, 0755) != 0 && errno != EEXIST) return failed("mkdir", hierarchies[h].path);
        hierarchies[h].folder = open(hierarchies[h].path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (hierarchies[h].folder < 0) return failed("open", hierarchies[h].path);
        if (*controllers && hand_down(hierarchies[h].folder, controllers) != 0) return -1;
        hierarchy_count = h + 1;
    }
    return 0;
}

int cgroup_make(uint64_t group) {
    for (size_t h = 0; h < hierarchy_count; h++)
        if (mkdirat(hierarchies[h].folder, name_of(group), 0755) != 0) return failed("mkdir", hierarchies[h].path);
    return 0;
}

// Reads `u32 count`, then per write: u32 hierarchy, string file, string value, u32 whether the file may be missing or refuse.
int cgroup_write(uint64_t group, struct sandbox_reader *r) {
    size_t count = sandbox_read_u32(r);
    for (size_t i = 0; i < count && !r->bad; i++) {
        size_t h = sandbox_read_u32(r);
        const char *file = sandbox_read_string(r), *value = sandbox_read_string(r);
        uint32_t optional = sandbox_read_u32(r);
        if (r->bad || h >= hierarchy_count) break;
        if (write_file(h, group, file, value) != 0 && !(optional && (errno == ENOENT || errno == EINVAL)))
            return failed("limit", file);
    }
    return r->bad ? (errno = EBADMSG, failed("limits", "")) : 0;
}

// Moves the calling process into the sandbox's groups.
int cgroup_join(uint64_t group) {
    for (size_t h = 0; h < hierarchy_count; h++)
        if (write_file(h, group, "cgroup.procs", "0") != 0) return -1;
    return 0;
}

// Kills whatever is left in the sandbox's groups: at once where the kernel can, else one process after the other.
//
// First the groups get all the processor time they ask for: to die takes some, and a thousand processes that share a
// twentieth of a core would be minutes about it.
void cgroup_kill(uint64_t group) {
    for (size_t h = 0; h < hierarchy_count; h++)
        if (write_file(h, group, "cpu.cfs_quota_us", "-1") != 0) write_file(h, group, "cpu.max", "max");
    for (size_t h = 0; h < hierarchy_count; h++) {
        if (write_file(h, group, "cgroup.kill", "1") == 0) return;
        int fd = open_in(h, group, "cgroup.procs", O_RDONLY);
        FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
        if (!file) continue;
        for (int pid; fscanf(file, "%d", &pid) == 1;)
            if (pid > 0) kill(pid, SIGKILL);
        fclose(file);
    }
}

// Removes the sandbox's groups; fails with EBUSY while something in them has not ended.
int cgroup_remove(uint64_t group) {
    int result = 0;
    for (size_t h = 0; h < hierarchy_count; h++)
        if (unlinkat(hierarchies[h].folder, name_of(group), AT_REMOVEDIR) != 0 && errno != ENOENT) result = -1;
    return result;
}

// A descriptor from which the server reads the most memory used; -1 where there is none.
int cgroup_open_peak(uint64_t group) {
    for (size_t h = 0; h < hierarchy_count; h++)
        if (hierarchies[h].peak_file[0]) return open_in(h, group, hierarchies[h].peak_file, O_RDONLY);
    return -1;
}

// The most memory used, in bytes; 0 where nobody counts.
uint64_t cgroup_peak(uint64_t group) {
    char text[32] = "";
    int fd = cgroup_open_peak(group);
    if (fd < 0) return 0;
    ssize_t got = read(fd, text, sizeof text - 1);
    close(fd);
    return got > 0 ? strtoull(text, NULL, 10) : 0;
}

// How many processes of the sandbox the kernel has killed because its memory limit was reached.
long cgroup_oom_kills(uint64_t group) {
    char text[1024];
    for (size_t h = 0; h < hierarchy_count; h++) {
        if (!hierarchies[h].oom_file[0]) continue;
        int fd = open_in(h, group, hierarchies[h].oom_file, O_RDONLY);
        ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
        if (fd >= 0) close(fd);
        if (got < 0) return 0;
        text[got] = 0;
        for (char *line = text; line; line = strchr(line, '\n')) {
            if (*line == '\n') line++;
            if (strncmp(line, "oom_kill ", 9) == 0) return strtol(line + 9, NULL, 10);
        }
    }
    return 0;
}

void cgroups_close(void) {
    for (size_t h = 0; h < hierarchy_count; h++) {
        close(hierarchies[h].folder);
        rmdir(hierarchies[h].path);
    }
}
