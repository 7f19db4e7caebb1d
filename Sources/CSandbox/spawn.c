// The process that becomes the starter.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <spawn.h>

#include "starter.h"

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
