// Kinds of descriptors that the server makes and Swift's C library module does not know.
#define _GNU_SOURCE
#include <sys/eventfd.h>
#include <sys/mman.h>

#include "CSandbox.h"

int sandbox_memory_file(void) { return memfd_create("content", MFD_CLOEXEC); }

int sandbox_event_counter(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int sandbox_socket_pair(int ends[2]) { return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends); }
