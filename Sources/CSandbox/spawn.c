// The child that becomes bubblewrap, and the process that becomes the starter.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>

#include "starter.h"

// What every process of a sandbox is held to besides its groups.
static int set_limits(void) {
    const struct {
        int what;
        rlim_t most;
    } limits[] = {
        {RLIMIT_NOFILE, 1024}, {RLIMIT_CORE, 0}, {RLIMIT_MSGQUEUE, 0}, {RLIMIT_RTPRIO, 0}, {RLIMIT_MEMLOCK, 65536}};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct rlimit now, limit;
        if (getrlimit(limits[i].what, &now) != 0) return -1;
        limit.rlim_max = now.rlim_max < limits[i].most ? now.rlim_max : limits[i].most;
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(limits[i].what, &limit) != 0) return -1;
    }
    return 0;
}

// In the child, which shares our memory until it runs another program: so a failure is told by errno and a word.
static const char *become_bubblewrap(const struct spawn *spawn) {
    static char *nothing[] = {NULL};
    sigset_t none;
    sigemptyset(&none);
    if (cgroup_join(spawn->sandbox) != 0) return "join cgroup";
    if (mounts_enter_base() != 0) return "enter base";
    if (set_limits() != 0) return "setrlimit";
    if (spawn->uid) {
        if (setgroups(0, NULL) != 0) return "setgroups";
        if (setresgid(spawn->uid, spawn->uid, spawn->uid) != 0) return "setresgid";
        if (setresuid(spawn->uid, spawn->uid, spawn->uid) != 0) return "setresuid";
    }
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (input < 0 || dup2(input, 0) < 0) return "open /dev/null";
    if (dup2(spawn->logs, 1) < 0 || dup2(spawn->logs, 2) < 0) return "dup";
    if (dup2(spawn->control, SANDBOX_CONTROL_FD) < 0) return "dup";
    for (int s = 1; s < 32; s++) signal(s, SIG_DFL);
    if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) return "sigprocmask";
    execve(spawn->arguments[0], spawn->arguments, nothing);
    return "exec bwrap";
}

pid_t spawn_bubblewrap(const struct spawn *spawn) {
    static const char *volatile what;
    what = NULL;
    pid_t child = vfork();
    if (child == 0) {
        what = become_bubblewrap(spawn);
        _exit(127);
    }
    if (child < 0) return failed("vfork", "");
    return what ? failed(what, "") : child;
}

int sandbox_spawn_starter(const char *program, int control) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    pid_t child = -1;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, control, SANDBOX_CONTROL_FD);
    posix_spawn_file_actions_addclosefrom_np(&actions, SANDBOX_CONTROL_FD + 1);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    char *arguments[] = {(char *)program, "__starter", "3", NULL}, *nothing[] = {NULL};
    int error = posix_spawn(&child, program, &actions, &attributes, arguments, nothing);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error) return errno = error, -1;
    return child;
}
