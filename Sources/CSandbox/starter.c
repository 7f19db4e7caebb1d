// The starter's main loop: takes the server's requests one after the other, and watches what it made.
#define _GNU_SOURCE
#include "starter.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>

enum { SERVER_EVENT = 0, CHILD_EVENT = UINT32_MAX };

char failed_at[256];
static int server = -1, rootless;

int failed(const char *what, const char *detail) {
    int error = errno;
    snprintf(failed_at, sizeof failed_at, *detail ? "%s %s" : "%s", what, detail);
    errno = error;
    return -1;
}

void reply(uint32_t request, int error, uint64_t value, const int *fds, size_t count) {
    struct sandbox_writer w;
    sandbox_write_header(&w, SANDBOX_REPLY, request, 0);
    sandbox_write_u32(&w, (uint32_t)error);
    sandbox_write_string(&w, error ? failed_at : "");
    sandbox_write_u64(&w, value);
    sandbox_send(server, w.bytes, w.length, fds, count, 0);
}

void report_exit(uint64_t sandbox, const struct end *end) {
    struct sandbox_writer w;
    sandbox_write_header(&w, SANDBOX_EXIT, 0, sandbox);
    sandbox_write_u32(&w, end->how);
    sandbox_write_u32(&w, end->status);
    sandbox_write_u32(&w, (uint32_t)end->oom);
    sandbox_write_u32(&w, (uint32_t)end->by_us);
    sandbox_write_u64(&w, end->peak);
    sandbox_write_u32(&w, (uint32_t)end->error);
    sandbox_write_string(&w, end->tried);
    sandbox_send(server, w.bytes, w.length, NULL, 0, 0);
}

void report_door(uint64_t sandbox, uint32_t port, uint32_t error, const int *fds, size_t count) {
    struct sandbox_writer w;
    sandbox_write_header(&w, SANDBOX_DOOR, 0, sandbox);
    sandbox_write_u32(&w, port);
    sandbox_write_u32(&w, error);
    sandbox_send(server, w.bytes, w.length, fds, count, 0);
}

// Whether every user id from `first` on can be taken here: in a user namespace of others, often none can.
static int has_uids(uint32_t first, uint32_t count) {
    FILE *map = fopen("/proc/self/uid_map", "re");
    unsigned long inside, outside, length;
    int found = 0;
    while (map && fscanf(map, "%lu %lu %lu", &inside, &outside, &length) == 3)
        if (inside <= first && (unsigned long)first + count <= inside + length) found = 1;
    if (map) fclose(map);
    return found;
}

static int configure(struct request *request, int epoll) {
    struct sandbox_reader *r = &request->body;
    uint32_t uid_base = sandbox_read_u32(r), most = sandbox_read_u32(r);
    int own_uids = geteuid() == 0 && uid_base && has_uids(uid_base, most);
    if (most == 0 || most > 65536) return errno = EINVAL, failed("configure", "");
    if (cgroups_open(r) != 0) return -1;
    rootless = mounts_set_up((int)geteuid(), (int)getegid());
    if (rootless < 0) return -1;
    if (mounts_open_base(r, request->fds, request->fd_count) != 0) return -1;
    return sandboxes_set_up(epoll, own_uids && !rootless ? uid_base : 0, most);
}

static void serve(struct request *request, int epoll) {
    uint64_t tree = sandbox_read_u64(&(struct sandbox_reader){.at = request->body.at, .end = request->body.end});
    int result = 0, fd = -1;
    uint64_t value = 0;
    switch (request->header.kind) {
        case SANDBOX_CONFIGURE:
            result = configure(request, epoll);
            value = (uint64_t)rootless;
            break;
        case SANDBOX_ROOT:
            result = mounts_add_root(sandbox_read_u32(&request->body), &request->body, request->fds, request->fd_count);
            break;
        case SANDBOX_TREE:
            sandbox_read_u64(&request->body);
            fd = tree_make(tree, sandbox_read_u64(&request->body), &value);
            result = fd < 0 ? -1 : 0;
            break;
        case SANDBOX_PARK: return sandbox_park(request);
        case SANDBOX_ASSIGN: return sandbox_assign(request);
        case SANDBOX_LISTEN: return sandbox_listen(request);
        case SANDBOX_STOP: return sandbox_stop(request->header.sandbox);
        case SANDBOX_DROP_TREE: return tree_drop(tree);
        default: result = (errno = EINVAL, failed("request", ""));
    }
    reply(request->header.request, result == 0 ? 0 : errno ? errno : EIO, value, &fd, fd >= 0 ? 1 : 0);
    if (fd >= 0) close(fd);
}

// One request of the server. Gives -1 at the server's end.
static int hear_server(int epoll) {
    static uint8_t bytes[SANDBOX_MAX_MESSAGE];
    int fds[SANDBOX_MAX_FDS];
    struct request request = {.fds = fds};
    ssize_t length = sandbox_receive(server, bytes, sizeof bytes, fds, &request.fd_count, NULL, MSG_DONTWAIT);
    if (length < 0) return errno == EAGAIN || errno == EMSGSIZE ? 0 : -1;
    if (length < (ssize_t)sizeof request.header) return -1;
    memcpy(&request.header, bytes, sizeof request.header);
    request.body = (struct sandbox_reader){.at = bytes + sizeof request.header, .end = bytes + length};
    serve(&request, epoll);
    for (size_t i = 0; i < request.fd_count; i++) close(fds[i]);
    return 0;
}

static void reap_orphans(int children) {
    struct signalfd_siginfo ignored;
    while (read(children, &ignored, sizeof ignored) > 0) continue;
    // Those of sandboxes are asked for by their descriptors, which still tell after this.
    while (waitpid(-1, NULL, WNOHANG) > 0) continue;
}

static void run(int epoll, int children) {
    time_t last_chance = 0;
    for (;;) {
        struct epoll_event events[64];
        int wait = sandboxes_tend(), quiet = last_chance ? -1 : cradles_tend();
        if (quiet >= 0 && (wait < 0 || quiet < wait)) wait = quiet;
        int count = epoll_wait(epoll, events, 64, wait < 0 && last_chance ? 20 : wait);
        for (int i = 0; i < count; i++) {
            if (events[i].data.u64 == SERVER_EVENT) {
                if (hear_server(epoll) == 0) continue;
                epoll_ctl(epoll, EPOLL_CTL_DEL, server, NULL);
                last_chance = time(NULL) + 10;
            } else if (events[i].data.u64 == CHILD_EVENT) {
                reap_orphans(children);
            } else {
                sandbox_event((uint32_t)events[i].data.u64 - 1);
            }
        }
        if (last_chance && (sandboxes_stop_all() + (cradles_stop() != 0) == 0 || time(NULL) > last_chance)) return;
    }
}

_Noreturn void sandbox_starter_main(int control) {
    server = control;
    fcntl(server, F_SETFD, FD_CLOEXEC);
    prctl(PR_SET_NAME, "martlet-starter");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    // It ends with the server's socket, not by what a terminal or a service manager sends to all.
    const int ignored[] = {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    int children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK), epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event server_event = {.events = EPOLLIN, .data.u64 = SERVER_EVENT};
    struct epoll_event child_event = {.events = EPOLLIN, .data.u64 = CHILD_EVENT};
    if (children < 0 || epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, server, &server_event) != 0 ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, children, &child_event) != 0)
        _exit(70);
    run(epoll, children);
    cgroups_close();
    _exit(0);
}
