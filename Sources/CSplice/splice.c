#define _GNU_SOURCE
#include "CSplice.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

int splice_make_pipe(int ends[2], int size) {
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) return -1;
    fcntl(ends[1], F_SETPIPE_SZ, size);
    return 0;
}

ssize_t splice_move(int from, int to, size_t count) {
    ssize_t moved;
    do moved = splice(from, 0, to, 0, count, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    while (moved < 0 && errno == EINTR);
    return moved;
}

int splice_make_set(void) { return epoll_create1(EPOLL_CLOEXEC); }

int splice_watch(int set, int socket, uint64_t id, int again) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.u64 = id};
    return epoll_ctl(set, again ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
}

int splice_wait(int set, uint64_t *ids, int capacity) {
    struct epoll_event events[64];
    if (capacity > 64) capacity = 64;
    int count;
    do count = epoll_wait(set, events, capacity, -1);
    while (count < 0 && errno == EINTR);
    for (int i = 0; i < count; i++) ids[i] = events[i].data.u64;
    return count;
}

void splice_ignore_broken_pipes(void) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, 0);
}
