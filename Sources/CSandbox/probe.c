// Questions to the kernel about what it gives to confine with. None of them changes anything.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "CSandbox.h"

int sandbox_landlock_version(void) { return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, 1); }

int sandbox_has_seccomp_filter(void) {
    uint32_t action = SECCOMP_RET_ERRNO;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0 ? 1 : -1;
}

// A wrong argument is told from a missing call.
int sandbox_has_late_mount(void) { return mount_setattr(-1, "", 0, NULL, 0) != 0 && errno != ENOSYS ? 1 : -1; }

// Tried in a child, which must have memory of its own for it.
int sandbox_has_user_namespaces(void) {
    pid_t child = fork();
    if (child == 0) _exit(unshare(CLONE_NEWUSER) == 0 ? 0 : 1);
    int status = 1;
    if (child < 0 || waitpid(child, &status, 0) != child) return -1;
    return status == 0 ? 1 : -1;
}

ssize_t sandbox_version_of(const char *program, void *text, size_t room) {
    int ends[2];
    posix_spawn_file_actions_t actions;
    char *arguments[] = {(char *)program, "--version", NULL}, *nothing[] = {NULL};
    pid_t child;
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    int error = posix_spawn(&child, program, &actions, NULL, arguments, nothing);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    ssize_t got = error ? -1 : read(ends[0], text, room);
    close(ends[0]);
    if (!error) waitpid(child, NULL, 0);
    return got;
}
