// What the server, the starter and a sandbox's init say to each other.
//
// Every message is one packet of a SOCK_SEQPACKET socket: a header, then a body of little-endian numbers and of byte
// strings that carry their length in front (u32). Descriptors travel beside it as SCM_RIGHTS.
#ifndef SANDBOX_PROTOCOL_H
#define SANDBOX_PROTOCOL_H

#include <stdint.h>

// The largest packet, and the most descriptors that travel with one.
enum { SANDBOX_MAX_MESSAGE = 160 * 1024, SANDBOX_MAX_FDS = 16 };

// The descriptor that a starter, and an init, find their socket at.
enum { SANDBOX_CONTROL_FD = 3 };

// The ports a sandbox's own loopback is served at: the Runtime API, and the governed way out. Others are made when they
// are asked for, from the first that needs no right on.
enum { SANDBOX_RUNTIME_PORT = 9001, SANDBOX_EGRESS_PORT = 9002, SANDBOX_FIRST_PORT = 1024 };

// Server to starter.
enum sandbox_request {
    SANDBOX_CONFIGURE = 1,  // u32 uid base, u32 most sandboxes, cgroups, the base root's entries
    SANDBOX_ROOT = 2,       // u32 id, entries [memfds for the entries that carry content]
    SANDBOX_PARK = 3,       // cgroup writes, strings argv, bytes for init
    SANDBOX_TREE = 4,       // u64 size, u64 most files
    SANDBOX_DROP_TREE = 5,  // u64 tree
    // What is not answered: where it fails the sandbox ends, and its end says why.
    SANDBOX_ASSIGN = 6,     // u64 task tree, u64 opt tree (0: none), cgroup writes, bytes for init
    SANDBOX_STOP = 7,       // nothing
    // Not answered either: each port is reported by itself.
    SANDBOX_LISTEN = 8,     // bytes for init
};

// Starter to server.
enum sandbox_report {
    SANDBOX_REPLY = 100,  // u32 errno, string what was tried, string detail, u64 value [descriptors]
    SANDBOX_EXIT = 101,   // u32 how, u32 status, u32 killed for memory, u32 ended by us, u64 most memory,
                          // u32 errno (0: it did not fail to start), string what was tried
    SANDBOX_DOOR = 102,   // u32 port, u32 errno (0: here it is) [listener]
};

// How a sandbox's runtime ended.
enum sandbox_how { SANDBOX_EXITED = 0, SANDBOX_SIGNALLED = 1, SANDBOX_LOST = 2 };

// Starter to init.
enum sandbox_order {
    SANDBOX_SETUP = 200,  // u32 landlock, u64 most processes (0: a cgroup holds them), bytes filter, strings argv
    SANDBOX_START = 201,  // u64 bytes of /tmp, u64 bytes of data (0: a cgroup holds them), u32 whether to run anew,
                          // bytes environment [task tree, opt tree]
    SANDBOX_OPEN = 202,   // u32 count, u32 ports of the sandbox's own loopback to listen at
};

// Init to starter.
enum sandbox_answer {
    SANDBOX_READY = 300,   // nothing [runtime listener, egress listener]
    SANDBOX_FAILED = 301,  // u32 errno, string what was tried; also by the child that could not become the runtime
    SANDBOX_ENDED = 302,   // u32 how, u32 status
    SANDBOX_OPENED = 303,  // u32 port, u32 errno (0: here it is) [listener]
};

struct sandbox_header {
    uint32_t kind;
    uint32_t request;
    uint64_t sandbox;
};

// What is made in a root folder.
enum sandbox_entry {
    SANDBOX_DIRECTORY = 1,  // an empty folder
    SANDBOX_SYMLINK = 2,    // a symbolic link to the source
    SANDBOX_BIND = 3,       // the host's file or folder at the source, seen through a read-only mount
    SANDBOX_COPY = 4,       // a copy of the host's file at the source, made once for all roots
    SANDBOX_CONTENT = 5,    // a file with the content of the next descriptor that came along
    SANDBOX_DEVICE = 6,     // the host's device at the source
    SANDBOX_HOST = 7,       // the host's folder at the source as it is; only for the processes that make sandboxes
};

#endif
