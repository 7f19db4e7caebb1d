// The starter: a small single-threaded process that alone makes, watches and ends sandboxes.
#ifndef CSANDBOX_H
#define CSANDBOX_H

#include "sandbox_message.h"
#include "sandbox_protocol.h"

// Runs the starter on the socket `control` until that socket ends; then ends every sandbox and exits.
//
// Must be called before the process starts any thread.
_Noreturn void sandbox_starter_main(int control);

// Starts `program __starter 3` in a session of its own, with an empty environment and `control` as descriptor 3.
// Gives its process id, or -1 and errno.
int sandbox_spawn_starter(const char *program, int control);

// Descriptors that close when a program is run: a file in memory, an event counter, two ends of a packet socket.
int sandbox_memory_file(void);
int sandbox_event_counter(void);
int sandbox_socket_pair(int ends[2]);

// What this kernel offers, to this user; -1 where it does not.
int sandbox_landlock_version(void);
int sandbox_has_seccomp_filter(void);
int sandbox_has_late_mount(void);
int sandbox_has_user_namespaces(void);

// What `program --version` prints; gives its length, or -1.
ssize_t sandbox_version_of(const char *program, void *text, size_t room);

#endif
