// Children that become bubblewrap. Each is born into the groups of a sandbox that is yet to come.
//
// To move a process into a group takes the kernel up to fifteen milliseconds, because it waits until no processor can be
// in the middle of a fork. So a child moves by itself, before it is needed, and then waits for what to become.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "starter.h"

// A new spare one is made when starts have been quiet for so many milliseconds: it must not take their processor time.
enum { QUIET = 40 };

static struct cradle spare = {.process = -1, .socket = -1};
static uint64_t last_group;
static long long last_use;
static int started;

static long long milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

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

static void tell(int logs, const char *what) {
    dprintf(logs, "%s: %s\n", what, strerror(errno));
    _exit(127);
}

static _Noreturn void become_bubblewrap(int logs, int control, uid_t uid, char **arguments) {
    static char *nothing[] = {NULL};
    sigset_t none;
    sigemptyset(&none);
    if (set_limits() != 0) tell(logs, "setrlimit");
    if (uid) {
        if (setgroups(0, NULL) != 0) tell(logs, "setgroups");
        if (setresgid(uid, uid, uid) != 0) tell(logs, "setresgid");
        if (setresuid(uid, uid, uid) != 0) tell(logs, "setresuid");
    }
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (input < 0 || dup2(input, 0) < 0) tell(logs, "open /dev/null");
    if (dup2(logs, 1) < 0 || dup2(logs, 2) < 0 || dup2(control, SANDBOX_CONTROL_FD) < 0) tell(logs, "dup");
    // It may have come as that very descriptor, which then is still one to be closed by the next program.
    if (fcntl(SANDBOX_CONTROL_FD, F_SETFD, 0) != 0) tell(logs, "fcntl");
    for (int s = 1; s < 32; s++) signal(s, SIG_DFL);
    if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) tell(logs, "sigprocmask");
    execve(arguments[0], arguments, nothing);
    tell(logs, "exec bwrap");
    _exit(127);
}

// In the child: moves, lets go of all that is the starter's, and waits for what to become.
static _Noreturn void wait_in_cradle(int socket, uint64_t group) {
    static uint8_t bytes[SANDBOX_MAX_MESSAGE];
    char *arguments[MAX_ARGUMENTS];
    int fds[SANDBOX_MAX_FDS];
    size_t count = 0;
    prctl(PR_SET_NAME, "martlet-cradle");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const char *what = NULL;
    if (cgroup_join(group) != 0) what = "join cgroup";
    else if (mounts_enter_base() != 0) what = "enter base";
    int error = errno;
    if (socket > 3 && close_range(3, (unsigned)socket - 1, 0) != 0) _exit(127);
    if (close_range((unsigned)socket + 1, ~0U, 0) != 0) _exit(127);
    ssize_t length = sandbox_receive(socket, bytes, sizeof bytes, fds, &count, NULL, 0);
    if (length <= (ssize_t)sizeof(struct sandbox_header) || count != 2) _exit(0);
    struct sandbox_reader r = {.at = bytes + sizeof(struct sandbox_header), .end = bytes + length};
    uid_t uid = sandbox_read_u32(&r);
    sandbox_read_strings(&r, arguments, MAX_ARGUMENTS);
    errno = r.bad ? EBADMSG : error;
    if (r.bad) what = "read the order";
    if (what) tell(fds[1], what);
    become_bubblewrap(fds[1], fds[0], uid, arguments);
}

static void forget(struct cradle *cradle) {
    if (cradle->process >= 0) close(cradle->process);
    if (cradle->socket >= 0) close(cradle->socket);
    *cradle = (struct cradle){.process = -1, .socket = -1};
}

// Ends a child that is of no use, and its groups. Gives 0 when nothing of it is left.
static int discard(struct cradle *cradle) {
    siginfo_t info;
    if (!cradle->group) return 0;
    if (cradle->process >= 0) {
        pidfd_send_signal(cradle->process, SIGKILL, NULL, 0);
        waitid(P_PIDFD, (id_t)cradle->process, &info, WEXITED);
    }
    if (cgroup_remove(cradle->group) != 0) return -1;
    forget(cradle);
    return 0;
}

static int make(struct cradle *cradle) {
    int ends[2];
    *cradle = (struct cradle){.group = ++last_group, .process = -1, .socket = -1};
    if (cgroup_make(cradle->group) != 0) return -1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return failed("socketpair", "");
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        wait_in_cradle(ends[1], cradle->group);
    }
    close(ends[1]);
    cradle->socket = ends[0];
    if (child < 0) return failed("fork", "");
    cradle->process = pidfd_open(child, 0);
    if (cradle->process >= 0) return 0;
    kill(child, SIGKILL);
    return failed("pidfd_open", "");
}

// Takes the child that waits, or makes one.
int cradle_take(struct cradle *cradle) {
    last_use = milliseconds();
    struct pollfd gone = {.fd = spare.socket, .events = 0};
    if (spare.group && poll(&gone, 1, 0) == 0) {
        *cradle = spare;
        spare = (struct cradle){.process = -1, .socket = -1};
        return 0;
    }
    if (make(cradle) == 0) return 0;
    int error = errno;
    discard(cradle);
    errno = error;
    return -1;
}

// Tells a child what to become: `words` are packed strings with their number in front. Its socket is of no more use then.
int cradle_become(struct cradle *cradle, uid_t uid, const uint8_t *words, size_t length, const int fds[2]) {
    static uint8_t order[SANDBOX_MAX_MESSAGE];
    struct sandbox_writer w;
    sandbox_write_header(&w, 0, 0, 0);
    sandbox_write_u32(&w, uid);
    if (length > sizeof order - w.length) return errno = E2BIG, failed("order bubblewrap", "");
    memcpy(order, w.bytes, w.length);
    memcpy(order + w.length, words, length);
    int result = sandbox_send(cradle->socket, order, w.length + length, fds, 2, 0);
    return result != 0 ? failed("order bubblewrap", "") : 0;
}

// From now on a child waits: the groups and the base that it enters are known.
void cradles_start(void) { started = 1; }

// Sees to it that one child waits. Gives the milliseconds after which to do so again; -1 when there is no need.
int cradles_tend(void) {
    if (!started) return -1;
    struct pollfd gone = {.fd = spare.socket, .events = 0};
    if (spare.group && spare.socket >= 0 && poll(&gone, 1, 0) == 0) return -1;
    long long left = last_use + QUIET - milliseconds();
    if (left > 0) return (int)left;
    // What cannot be made now is made when it is needed, and its failure told then.
    if (discard(&spare) != 0 || make(&spare) != 0) return 1000;
    return -1;
}

// Ends the child that waits, for good. Gives 0 when nothing is left of it.
int cradles_stop(void) {
    started = 0;
    return discard(&spare);
}
