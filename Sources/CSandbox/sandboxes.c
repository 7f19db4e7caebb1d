// Every sandbox from its parking to its end. What a slot holds is freed only when nothing of the sandbox is left.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>

#include "starter.h"

struct sandbox {
    enum phase { FREE, STARTING, PARKED, TIDYING } phase;
    uint64_t id, group;
    int control;            // to init
    int bubblewrap, init;   // pidfds; init's is -1 until it is ready
    int logs;               // kept until the server has it, for the reason of a failed start
    uint32_t park_request;  // 0: none waits
    uint32_t how, status;
    time_t started;
    int assigned, by_us;
    int error;              // why it could not start, or serve its function
    char tried[256];
};

static struct sandbox *sandboxes;
static uint64_t *ids;  // of each slot's sandbox; 0: free
static uint32_t slots, first_uid;
static int epoll_fd;
static size_t in_phase[4];

// A runtime that is not ready after so many seconds never will be.
enum { PATIENCE = 30 };

int sandboxes_set_up(int epoll, uint32_t uid_base, uint32_t most) {
    epoll_fd = epoll;
    first_uid = uid_base;
    slots = most;
    sandboxes = calloc(most, sizeof *sandboxes);
    ids = calloc(most, sizeof *ids);
    if (!sandboxes || !ids) return failed("calloc", "");
    cradles_start();
    return 0;
}

// The slot of a sandbox; with 0, a free one.
static struct sandbox *find(uint64_t id) {
    for (uint32_t i = 0; i < slots; i++)
        if (ids[i] == id) return &sandboxes[i];
    return NULL;
}

static void enter(struct sandbox *sandbox, enum phase phase) {
    in_phase[sandbox->phase]--;
    in_phase[phase]++;
    sandbox->phase = phase;
    ids[sandbox - sandboxes] = phase == FREE ? 0 : sandbox->id;
}

static void close_fd(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static int watch(int fd, struct sandbox *sandbox) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)(sandbox - sandboxes) + 1};
    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0 ? failed("epoll_ctl", "") : 0;
}

// Kills what is known of it. The end of init is the end of all its processes; the kernel sees to that.
static void kill_all(struct sandbox *sandbox) {
    if (sandbox->init >= 0)
        pidfd_send_signal(sandbox->init, SIGKILL, NULL, 0);
    else if (sandbox->bubblewrap >= 0)
        pidfd_send_signal(sandbox->bubblewrap, SIGKILL, NULL, 0);
}

// Frees the slot once the groups are gone; until then it is tried again.
static void tidy(struct sandbox *sandbox) {
    if (cgroup_remove(sandbox->group) == 0) return enter(sandbox, FREE);
    cgroup_kill(sandbox->group);
    enter(sandbox, TIDYING);
}

static void close_all(struct sandbox *sandbox) {
    close_fd(&sandbox->control);
    close_fd(&sandbox->bubblewrap);
    close_fd(&sandbox->init);
    close_fd(&sandbox->logs);
}

static void send_reply_failed(struct sandbox *sandbox, uint32_t request) {
    int error = sandbox->error ? sandbox->error : ECHILD;
    if (sandbox->tried[0]) memcpy(failed_at, sandbox->tried, sizeof failed_at);
    else snprintf(failed_at, sizeof failed_at, "the sandbox ended early");
    reply(request, error, 0, NULL, 0);
}

// Makes the socket to init, with the setup in it already, and the pipe for what the runtime prints.
static int open_channels(struct sandbox *sandbox, struct request *request, int *theirs, int *output) {
    int ends[2], logs[2], one = 1;
    size_t length;
    uint8_t *setup = sandbox_read_bytes(&request->body, &length);
    if (request->body.bad) return errno = EBADMSG, failed("park", "");
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return failed("socketpair", "");
    sandbox->control = ends[0];
    *theirs = ends[1];
    if (pipe2(logs, O_CLOEXEC) != 0) return failed("pipe", "");
    sandbox->logs = logs[0];
    *output = logs[1];
    if (fcntl(logs[0], F_SETFL, O_NONBLOCK) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) return failed("fcntl", "");
    if (setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof one) != 0) return failed("setsockopt", "");
    return sandbox_send(ends[0], setup, length, NULL, 0, 0) != 0 ? failed("setup", "") : 0;
}

static int start(struct sandbox *sandbox, struct request *request) {
    int theirs = -1, output = -1;
    struct cradle cradle;
    if (cradle_take(&cradle) != 0) return -1;
    sandbox->group = cradle.group;
    sandbox->bubblewrap = cradle.process;
    int result = cgroup_write(sandbox->group, &request->body);
    const uint8_t *words = request->body.at;
    sandbox_read_strings(&request->body, (char *[MAX_ARGUMENTS]){0}, MAX_ARGUMENTS);
    size_t length = (size_t)(request->body.at - words);
    if (result == 0) result = open_channels(sandbox, request, &theirs, &output);
    if (result == 0) {
        uid_t uid = first_uid ? first_uid + (uid_t)(sandbox - sandboxes) : 0;
        result = cradle_become(&cradle, uid, words, length, (int[2]){theirs, output});
    }
    close_fd(&cradle.socket);
    close_fd(&theirs);
    close_fd(&output);
    if (result != 0) return -1;
    return watch(sandbox->bubblewrap, sandbox) == 0 && watch(sandbox->control, sandbox) == 0 ? 0 : -1;
}

void sandbox_park(struct request *request) {
    struct sandbox *sandbox = request->header.sandbox && !find(request->header.sandbox) ? find(0) : NULL;
    if (!sandbox) {
        errno = EAGAIN;
        failed("slots", "");
        return reply(request->header.request, errno, 0, NULL, 0);
    }
    *sandbox = (struct sandbox){.phase = FREE, .id = request->header.sandbox, .control = -1, .bubblewrap = -1,
                                .init = -1, .logs = -1, .park_request = request->header.request, .how = SANDBOX_LOST,
                                .started = time(NULL)};
    enter(sandbox, STARTING);
    if (start(sandbox, request) == 0) return;
    reply(request->header.request, errno ? errno : EIO, 0, NULL, 0);
    kill_all(sandbox);
    close_all(sandbox);
    tidy(sandbox);
}

// Hands what the sandbox made to the server: it is parked.
static void parked(struct sandbox *sandbox, int sender, int *doors, size_t count) {
    if (count != 2 || sandbox->phase != STARTING) return;
    sandbox->init = pidfd_open(sender, 0);
    int fds[4] = {doors[0], doors[1], sandbox->logs, cgroup_open_peak(sandbox->group)};
    enter(sandbox, PARKED);
    reply(sandbox->park_request, 0, sandbox->group, fds, fds[3] >= 0 ? 4 : 3);
    sandbox->park_request = 0;
    close_fd(&fds[3]);
    close_fd(&sandbox->logs);
    if (sandbox->by_us) kill_all(sandbox);
}

static void remember_failure(struct sandbox *sandbox, int error, const char *tried) {
    // What comes after the first failure comes of it.
    if (!sandbox->error) {
        sandbox->error = error ? error : EIO;
        snprintf(sandbox->tried, sizeof sandbox->tried, "%s", tried);
    }
    kill_all(sandbox);
}

// One answer of init. Gives 0 when there is none.
static int hear(struct sandbox *sandbox) {
    uint8_t bytes[1024];
    int fds[SANDBOX_MAX_FDS], sender = 0;
    size_t count = 0;
    ssize_t length = sandbox->control < 0
        ? -1 : sandbox_receive(sandbox->control, bytes, sizeof bytes, fds, &count, &sender, MSG_DONTWAIT);
    if (length == 0) close_fd(&sandbox->control);
    if (length < (ssize_t)sizeof(struct sandbox_header)) return 0;
    struct sandbox_reader r = {.at = bytes + sizeof(struct sandbox_header), .end = bytes + length};
    uint32_t kind, first = sandbox_read_u32(&r), second = sandbox_read_u32(&r);
    const char *text = sandbox_read_string(&r);
    memcpy(&kind, bytes, sizeof kind);
    if (kind == SANDBOX_READY) parked(sandbox, sender, fds, count);
    if (kind == SANDBOX_OPENED) report_door(sandbox->id, first, second, fds, count);
    if (kind == SANDBOX_FAILED) remember_failure(sandbox, (int)first, text);
    if (kind == SANDBOX_ENDED) {
        if (!sandbox->by_us) sandbox->how = first, sandbox->status = second;
        kill_all(sandbox);
    }
    for (size_t i = 0; i < count; i++) close(fds[i]);
    return 1;
}

// Whether it was its memory limit that ended it, and not just one of its children: a shell that runs the function's
// program tells by 128 and the signal.
static int killed_for_memory(const struct sandbox *sandbox) {
    int killed = sandbox->how == SANDBOX_LOST || (sandbox->how == SANDBOX_SIGNALLED && sandbox->status == SIGKILL) ||
                 (sandbox->how == SANDBOX_EXITED && sandbox->status == 128 + SIGKILL);
    return killed && !sandbox->by_us && cgroup_oom_kills(sandbox->group) > 0;
}

// All its processes are gone, or about to be: says how it ended, once.
static void ended(struct sandbox *sandbox) {
    if (sandbox->park_request) {
        if (!sandbox->tried[0]) {
            ssize_t got = read(sandbox->logs, sandbox->tried, sizeof sandbox->tried - 1);
            sandbox->tried[got > 0 ? got : 0] = 0;
        }
        send_reply_failed(sandbox, sandbox->park_request);
    } else {
        if (sandbox->by_us && sandbox->how == SANDBOX_LOST) sandbox->how = SANDBOX_SIGNALLED, sandbox->status = SIGKILL;
        report_exit(sandbox->id, &(struct end){.how = sandbox->how, .status = sandbox->status,
                                               .oom = killed_for_memory(sandbox), .by_us = sandbox->by_us,
                                               .peak = cgroup_peak(sandbox->group), .error = sandbox->error,
                                               .tried = sandbox->tried});
    }
    close_all(sandbox);
    tidy(sandbox);
}

void sandbox_event(uint32_t slot) {
    struct sandbox *sandbox = &sandboxes[slot];
    if (sandbox->phase == FREE || sandbox->phase == TIDYING) return;
    while (hear(sandbox)) continue;
    siginfo_t info = {0};
    int gone = waitid(P_PIDFD, (id_t)sandbox->bubblewrap, &info, WEXITED | WNOHANG);
    if (gone == 0 && info.si_pid == 0) return;
    while (hear(sandbox)) continue;
    ended(sandbox);
}

static int assign(struct sandbox *sandbox, struct sandbox_reader *body) {
    uint64_t task = sandbox_read_u64(body), opt = sandbox_read_u64(body);
    size_t length;
    if (sandbox->assigned || sandbox->phase != PARKED) return errno = EALREADY, failed("assign", "");
    if (cgroup_write(sandbox->group, body) != 0) return -1;
    uint8_t *order = sandbox_read_bytes(body, &length);
    if (body->bad) return errno = EBADMSG, failed("assign", "");
    int fds[2] = {tree_clone(task), opt ? tree_clone(opt) : -1};
    int result = fds[0] < 0 || (opt && fds[1] < 0) ? -1 : 0;
    if (result == 0 && sandbox_send(sandbox->control, order, length, fds, opt ? 2 : 1, MSG_DONTWAIT) != 0)
        result = failed("assign", "");
    sandbox->assigned = 1;
    int error = errno;
    close_fd(&fds[0]);
    close_fd(&fds[1]);
    errno = error;
    return result;
}

// Where it fails the sandbox ends, and its end says why. One that has ended already has said how.
void sandbox_assign(struct request *request) {
    struct sandbox *sandbox = find(request->header.sandbox);
    if (sandbox && assign(sandbox, &request->body) != 0) remember_failure(sandbox, errno, failed_at);
}

// Has init make further doors. An init that does not take its orders is not to go on.
void sandbox_listen(struct request *request) {
    struct sandbox *sandbox = find(request->header.sandbox);
    size_t length;
    uint8_t *order = sandbox_read_bytes(&request->body, &length);
    if (!sandbox || sandbox->phase != PARKED || sandbox->control < 0 || request->body.bad) return;
    if (sandbox_send(sandbox->control, order, length, NULL, 0, MSG_DONTWAIT) != 0)
        remember_failure(sandbox, errno, "listen");
}

void sandbox_stop(uint64_t id) {
    struct sandbox *sandbox = find(id);
    if (!sandbox || sandbox->phase == TIDYING) return;
    if (sandbox->how == SANDBOX_LOST) sandbox->by_us = 1;
    kill_all(sandbox);
}

// Tries again what could not be removed yet, and gives up what does not get ready. Gives the milliseconds after which
// to do so again; -1 when there is no need.
int sandboxes_tend(void) {
    time_t late = time(NULL) - PATIENCE;
    for (uint32_t i = 0; (in_phase[TIDYING] || in_phase[STARTING]) && i < slots; i++) {
        struct sandbox *sandbox = &sandboxes[i];
        if (sandbox->phase == TIDYING) tidy(sandbox);
        if (sandbox->phase == STARTING && sandbox->started < late && !sandbox->error) {
            sandbox->error = ETIMEDOUT;
            snprintf(sandbox->tried, sizeof sandbox->tried, "wait for the runtime");
            kill_all(sandbox);
        }
    }
    return in_phase[TIDYING] ? 5 : in_phase[STARTING] ? 1000 : -1;
}

// Stops everything. Gives how many sandboxes are not gone yet.
int sandboxes_stop_all(void) {
    int left = 0;
    for (uint32_t i = 0; i < slots; i++) {
        if (sandboxes[i].phase == FREE) continue;
        left++;
        if (sandboxes[i].phase != TIDYING) sandbox_stop(sandboxes[i].id);
    }
    return left;
}
