// The first process of a sandbox: makes its doors, starts its runtime, reaps, and tells how the runtime really ended.
//
// It is static and small, because every sandbox has one. Until a function is assigned it keeps the one capability that
// the late mounts need, valid in the sandbox's own user namespace only; the runtime never has any. All of a
// sandbox ends with it, and it ends when the starter is gone.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "../Sources/CSandbox/include/sandbox_message.h"

enum { RUNTIME_PARK_FD = 3, MAX_ARGUMENTS = 64, MAX_ENVIRONMENT = 4096 };

static struct {
    uint32_t landlock;          // whether the kernel has it
    struct rlimit processes;    // only where no cgroup limits them
    struct sock_fprog filter;   // what the runtime may ask the kernel
    char *arguments[MAX_ARGUMENTS];
    pid_t runtime;              // 0: none
    int park;                   // our end of the socket that the parked runtime waits at; -1: none
    enum { PREPARING, WAITING, ASSIGNED } phase;
} state = {.park = -1};

static uint8_t setup_bytes[SANDBOX_MAX_MESSAGE], start_bytes[SANDBOX_MAX_MESSAGE];

static void tell(int control, uint32_t kind, uint32_t first, uint32_t second, const char *text, const int *fds, size_t count) {
    struct sandbox_writer w;
    sandbox_write_header(&w, kind, 0, 0);
    sandbox_write_u32(&w, first);
    sandbox_write_u32(&w, second);
    sandbox_write_string(&w, text);
    if (sandbox_send(control, w.bytes, w.length, fds, count, 0) != 0) _exit(90);
}

static void answer(uint32_t kind, uint32_t first, uint32_t second, const int *fds, size_t count) {
    tell(SANDBOX_CONTROL_FD, kind, first, second, "", fds, count);
}

static int failed(const char *what) {
    tell(SANDBOX_CONTROL_FD, SANDBOX_FAILED, (uint32_t)errno, 0, what, NULL, 0);
    return -1;
}

// A listener on the sandbox's own loopback.
static int listener(uint16_t port) {
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0) return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
        bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 64) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

// Makes further doors and hands each to the host; one that cannot be had is told with the reason. What comes before the
// order to start is done before the function's code runs.
static void open_doors(uint8_t *bytes, size_t length) {
    struct sandbox_reader r = {.at = bytes + sizeof(struct sandbox_header), .end = bytes + length};
    for (uint32_t left = sandbox_read_u32(&r); left > 0; left--) {
        uint32_t port = sandbox_read_u32(&r);
        if (r.bad) return;
        int fd = port >= SANDBOX_FIRST_PORT && port <= UINT16_MAX ? listener((uint16_t)port) : (errno = EINVAL, -1);
        answer(SANDBOX_OPENED, port, fd < 0 ? (uint32_t)errno : 0, &fd, fd >= 0);
        if (fd >= 0) close(fd);
    }
}

// Sees to it that no program that is run gets a capability, whatever its file says; what init has, it keeps.
static int bound_capabilities(void) {
    for (int cap = 0; cap < 64; cap++) {
        int there = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);
        if (there < 0) break;
        if (there && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0) return -1;
    }
    return 0;
}

// Gives up every capability for ever; the bounds that could bring one back are gone already.
static int drop_capabilities(void) {
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return -1;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};
    return (int)syscall(SYS_capset, &header, none);
}

// Allows `rights` below `path`; a path that is not there needs no rule.
static int allow(int rules, const char *path, uint64_t rights) {
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT ? 0 : -1;
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = fd};
    int result = (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(fd);
    return result;
}

// Files may be read and run everywhere, written only in /tmp; no signal and no abstract socket leaves the runtime.
static int restrict_files(void) {
    // What the kernel's headers of the build machine may not know yet.
    const uint64_t truncate = 1u << 14, device_control = 1u << 15, scopes = 3;
    struct {
        uint64_t files, net, scoped;
    } attr = {0};
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
    if (abi < 1) return -1;
    uint64_t read = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    attr.files = (1u << 13) - 1;
    if (abi >= 2) attr.files |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= 3) attr.files |= truncate;
    if (abi >= 5) attr.files |= device_control;
    if (abi >= 6) attr.scoped = scopes;
    size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
    if (rules < 0) return -1;
    uint64_t devices = read | LANDLOCK_ACCESS_FS_WRITE_FILE | (attr.files & truncate);
    uint64_t scratch = attr.files & ~(device_control | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK);
    if (allow(rules, "/", read) != 0 || allow(rules, "/dev", devices) != 0 || allow(rules, "/tmp", scratch) != 0)
        return -1;
    if (syscall(SYS_landlock_restrict_self, rules, 0) != 0) return -1;
    close(rules);
    return 0;
}

// Whoever is out of memory, it is the runtime that goes first and not its init.
static void offer_to_oom_killer(void) {
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (fd < 0) return;
    if (write(fd, "1000", 4) < 0) {
        // Where it may not be raised, the kernel chooses by size, which is the runtime as well.
    }
    close(fd);
}

// In the child: gives up all that a runtime must not have. Tells what failed; NULL is success.
static const char *confine(int park) {
    sigset_t none;
    sigemptyset(&none);
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (input < 0 || dup2(input, 0) < 0) return "open /dev/null";
    offer_to_oom_killer();
    if (park >= 0 && dup2(park, RUNTIME_PARK_FD) < 0) return "dup";
    if (state.processes.rlim_max && setrlimit(RLIMIT_NPROC, &state.processes) != 0) return "setrlimit";
    if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) return "sigprocmask";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return "no_new_privs";
    if (drop_capabilities() != 0) return "capset";
    if (state.landlock && restrict_files() != 0) return "landlock";
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &state.filter, 0, 0) != 0) return "seccomp";
    return NULL;
}

// In the child: becomes the program. A function that brings its own has it in its code, else in its layers.
static const char *run(char **environment) {
    char *own[] = {"/var/task/bootstrap", NULL};
    if (chdir("/var/task") != 0) return "chdir /var/task";
    if (state.arguments[0]) {
        execve(state.arguments[0], state.arguments, environment);
        return "exec";
    }
    execve(own[0], own, environment);
    int error = errno;
    own[0] = "/opt/bootstrap";
    if (error == ENOENT || error == EACCES) execve(own[0], own, environment);
    if (errno == ENOENT) errno = error;
    return "exec";
}

// Splits NUL-terminated strings into a list.
static char **list_of(uint8_t *block, size_t length) {
    static char *list[MAX_ENVIRONMENT];
    size_t count = 0;
    for (char *at = (char *)block; at < (char *)block + length && count < MAX_ENVIRONMENT - 1; at += strlen(at) + 1)
        list[count++] = at;
    list[count] = NULL;
    return list;
}

// In the child: waits, confined already, for the environment of a function that brings its own program.
static char **await_environment(void) {
    uint8_t head[4];
    size_t length, got = 0;
    if (recv(RUNTIME_PARK_FD, head, sizeof head, MSG_WAITALL) != sizeof head) _exit(0);
    length = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    while (got < length && length <= sizeof start_bytes) {
        ssize_t more = recv(RUNTIME_PARK_FD, start_bytes + got, length - got, 0);
        if (more <= 0) _exit(0);
        got += (size_t)more;
    }
    close(RUNTIME_PARK_FD);
    return list_of(start_bytes, got);
}

// Forks the runtime; without an environment it waits for one.
static int fork_runtime(int park, char **environment) {
    state.runtime = fork();
    if (state.runtime < 0) return failed("fork");
    if (state.runtime > 0) return 0;
    // A child that cannot become the runtime tells the starter why, by itself. Becoming it closes this descriptor, and
    // the other one too unless the park socket has taken its place.
    int control = fcntl(SANDBOX_CONTROL_FD, F_DUPFD_CLOEXEC, 16);
    const char *what = confine(park);
    if (!what) what = run(environment ? environment : await_environment());
    tell(control, SANDBOX_FAILED, (uint32_t)errno, 0, what, NULL, 0);
    _exit(92);
}

// The doors are made before the runtime runs, so that it can never make them its own.
static int doors[2];

static int ready(void) {
    answer(SANDBOX_READY, 0, 0, doors, 2);
    close(doors[0]);
    close(doors[1]);
    state.phase = WAITING;
    return 0;
}

static int set_up(uint8_t *bytes, size_t length) {
    struct sandbox_reader r = {.at = bytes + sizeof(struct sandbox_header), .end = bytes + length};
    state.landlock = sandbox_read_u32(&r);
    state.processes.rlim_cur = state.processes.rlim_max = sandbox_read_u64(&r);
    size_t filter_length;
    state.filter.filter = (struct sock_filter *)sandbox_read_bytes(&r, &filter_length);
    state.filter.len = (unsigned short)(filter_length / sizeof(struct sock_filter));
    size_t count = sandbox_read_strings(&r, state.arguments, MAX_ARGUMENTS);
    errno = EBADMSG;
    if (r.bad) return failed("setup");
    if (bound_capabilities() != 0) return failed("bound capabilities");
    doors[0] = listener(SANDBOX_RUNTIME_PORT);
    doors[1] = listener(SANDBOX_EGRESS_PORT);
    if (doors[0] < 0 || doors[1] < 0) return failed("listen");
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return failed("socketpair");
    char *environment[] = {
        "MARTLET_PARK_FD=3", "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "HOME=/tmp", NULL};
    int result = fork_runtime(ends[1], count ? environment : NULL);
    close(ends[1]);
    state.park = ends[0];
    return result != 0 || count ? result : ready();
}

// A parked runtime says by one byte that it waits.
static void runtime_waits(void) {
    char byte;
    if (recv(state.park, &byte, 1, MSG_DONTWAIT) == 1) ready();
}

// Attaches a tree that came as a descriptor where the function looks for it.
static int attach(int tree, const char *path) {
    return (int)syscall(SYS_move_mount, tree, "", AT_FDCWD, path, 4 /* MOVE_MOUNT_F_EMPTY_PATH */);
}

// Ends the parked runtime, which is not what the function needs, without telling it as the function's end.
static void discard_parked(void) {
    if (!state.runtime) return;
    kill(state.runtime, SIGKILL);
    waitpid(state.runtime, NULL, 0);
    state.runtime = 0;
    close(state.park);
    state.park = -1;
}

// Hands the parked runtime its environment.
static int wake(uint8_t *environment, size_t length) {
    uint8_t head[4] = {(uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length};
    struct iovec parts[2] = {{head, 4}, {environment, length}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t sent = sendmsg(state.park, &message, MSG_NOSIGNAL);
    close(state.park);
    state.park = -1;
    return sent == (ssize_t)(length + 4) ? 0 : failed("wake");
}

static int start(uint8_t *bytes, size_t length, int *fds, size_t count) {
    char options[64];
    struct sandbox_reader r = {.at = bytes + sizeof(struct sandbox_header), .end = bytes + length};
    uint64_t scratch = sandbox_read_u64(&r), data = sandbox_read_u64(&r);
    int fresh = sandbox_read_u32(&r) && state.arguments[0];
    size_t environment_length;
    uint8_t *environment = sandbox_read_bytes(&r, &environment_length);
    if (environment_length && environment[environment_length - 1] != 0) r.bad = 1;
    errno = EBADMSG;
    if (r.bad || count < 1) return failed("start");
    if (state.phase != WAITING) {
        errno = EALREADY;
        return failed("start");
    }
    state.phase = ASSIGNED;
    if (fresh) discard_parked();
    if (attach(fds[0], "/var/task") != 0) return failed("mount /var/task");
    if (count > 1 && attach(fds[1], "/opt") != 0) return failed("mount /opt");
    snprintf(options, sizeof options, "size=%llu,nr_inodes=%llu", (unsigned long long)scratch,
             (unsigned long long)(scratch / 4096 + 64));
    if (mount(NULL, "/tmp", NULL, MS_REMOUNT | MS_NOSUID | MS_NODEV, options) != 0) return failed("remount /tmp");
    if (drop_capabilities() != 0) return failed("capset");
    struct rlimit limit = {data, data};
    if (data && state.runtime && prlimit(state.runtime, RLIMIT_DATA, &limit, NULL) != 0) return failed("prlimit");
    if (data && fresh && setrlimit(RLIMIT_DATA, &limit) != 0) return failed("setrlimit");
    return fresh ? fork_runtime(-1, list_of(environment, environment_length)) : wake(environment, environment_length);
}

static void reap(void) {
    for (;;) {
        siginfo_t info = {0};
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) != 0 || info.si_pid == 0) return;
        if (info.si_pid != state.runtime) continue;
        state.runtime = 0;
        answer(SANDBOX_ENDED, info.si_code == CLD_EXITED ? SANDBOX_EXITED : SANDBOX_SIGNALLED,
               (uint32_t)info.si_status, NULL, 0);
    }
}

// One order of the starter; its end is ours.
static void obey(uint8_t *bytes, int flags) {
    int fds[SANDBOX_MAX_FDS];
    size_t count;
    ssize_t length = sandbox_receive(SANDBOX_CONTROL_FD, bytes, SANDBOX_MAX_MESSAGE, fds, &count, NULL, flags);
    if (length < (ssize_t)sizeof(struct sandbox_header)) _exit(0);
    uint32_t kind;
    memcpy(&kind, bytes, sizeof kind);
    if (kind == SANDBOX_SETUP && set_up(bytes, (size_t)length) != 0) _exit(93);
    if (kind == SANDBOX_OPEN) open_doors(bytes, (size_t)length);
    if (kind == SANDBOX_START) start(bytes, (size_t)length, fds, count);
    for (size_t i = 0; i < count; i++) close(fds[i]);
}

int main(void) {
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    fcntl(SANDBOX_CONTROL_FD, F_SETFD, FD_CLOEXEC);
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    int children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    obey(setup_bytes, 0);
    for (;;) {
        struct pollfd watched[] = {
            {SANDBOX_CONTROL_FD, POLLIN, 0},
            {children, POLLIN, 0},
            {state.phase == PREPARING ? state.park : -1, POLLIN, 0},
        };
        if (poll(watched, 3, -1) < 0) continue;
        if (watched[1].revents) {
            struct signalfd_siginfo ignored;
            if (read(children, &ignored, sizeof ignored) < 0) continue;
            reap();
        }
        if (watched[2].revents) runtime_waits();
        if (watched[0].revents) obey(start_bytes, 0);
    }
}
