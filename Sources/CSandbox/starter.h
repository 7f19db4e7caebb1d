// What the files of the starter share.
#ifndef STARTER_H
#define STARTER_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "CSandbox.h"

enum { MAX_HIERARCHIES = 4, MAX_ARGUMENTS = 160 };

// Where the last thing that failed is told: errno as always, and what was tried.
extern char failed_at[256];
int failed(const char *what, const char *detail);

// --- mounts.c: the starter's own view of the file system, runtime roots and code trees.

int mounts_set_up(int rootless_uid, int rootless_gid);
int mounts_open_base(struct sandbox_reader *entries, const int *fds, size_t count);
int mounts_add_root(uint32_t id, struct sandbox_reader *entries, const int *fds, size_t count);
int mounts_enter_base(void);
int tree_make(uint64_t size, uint64_t files, uint64_t *tree);
void tree_drop(uint64_t tree);
int tree_clone(uint64_t tree);

// --- entries.c: what a root folder holds.

int entries_make(const char *root, int folder, struct sandbox_reader *entries, const int *fds, size_t count);

// --- cgroup.c: one group per sandbox in each hierarchy.

int cgroups_open(struct sandbox_reader *r);
int cgroup_make(uint64_t group);
int cgroup_write(uint64_t group, struct sandbox_reader *writes);
int cgroup_join(uint64_t group);
int cgroup_remove(uint64_t group);
void cgroup_kill(uint64_t group);
int cgroup_open_peak(uint64_t group);
long cgroup_oom_kills(uint64_t group);
uint64_t cgroup_peak(uint64_t group);
void cgroups_close(void);

// --- cradles.c: children that become bubblewrap, in groups of their own from the beginning.

struct cradle {
    uint64_t group;  // 0: none
    int process;     // a pidfd
    int socket;      // on which it is told what to become
};
int cradle_take(struct cradle *cradle);
int cradle_become(struct cradle *cradle, uid_t uid, const uint8_t *words, size_t length, const int fds[2]);
void cradles_start(void);
int cradles_tend(void);
int cradles_stop(void);

// --- sandboxes.c: every sandbox from its parking to its end.

struct request {
    struct sandbox_header header;
    struct sandbox_reader body;
    int *fds;
    size_t fd_count;
};
int sandboxes_set_up(int epoll, uint32_t uid_base, uint32_t most);
void sandbox_park(struct request *request);
void sandbox_assign(struct request *request);
void sandbox_listen(struct request *request);
void sandbox_stop(uint64_t id);
void sandbox_event(uint32_t slot);
int sandboxes_tend(void);
int sandboxes_stop_all(void);

// --- starter.c: what is told to the server.

void reply(uint32_t request, int error, uint64_t value, const int *fds, size_t count);
struct end {
    uint32_t how, status;
    int oom, by_us;
    uint64_t peak;
    int error;          // why it could not serve its function; 0: it could
    const char *tried;
};
void report_exit(uint64_t sandbox, const struct end *end);
void report_door(uint64_t sandbox, uint32_t port, uint32_t error, const int *fds, size_t count);

#endif
