// Packing and unpacking of messages; sending and receiving them with descriptors. Shared by the starter and init.
#ifndef SANDBOX_MESSAGE_H
#define SANDBOX_MESSAGE_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sandbox_protocol.h"

// Reads a message's body from front to back. Reading past the end gives zeros and sets `bad`.
struct sandbox_reader {
    uint8_t *at, *end;
    int bad;
};

static inline uint64_t sandbox_read_number(struct sandbox_reader *r, size_t size) {
    uint64_t value = 0;
    if ((size_t)(r->end - r->at) < size) {
        r->bad = 1;
        return 0;
    }
    memcpy(&value, r->at, size);
    r->at += size;
    return value;
}

static inline uint32_t sandbox_read_u32(struct sandbox_reader *r) { return (uint32_t)sandbox_read_number(r, 4); }
static inline uint64_t sandbox_read_u64(struct sandbox_reader *r) { return sandbox_read_number(r, 8); }

// Points into the message: nothing is copied.
static inline uint8_t *sandbox_read_bytes(struct sandbox_reader *r, size_t *length) {
    size_t size = sandbox_read_u32(r);
    if (r->bad || (size_t)(r->end - r->at) < size) {
        r->bad = 1;
        *length = 0;
        return r->end;
    }
    uint8_t *start = r->at;
    r->at += size;
    *length = size;
    return start;
}

// A string travels with a NUL at its end, so that it can be used where it lies. Never NULL.
static inline char *sandbox_read_string(struct sandbox_reader *r) {
    static char empty[1];
    size_t length;
    uint8_t *start = sandbox_read_bytes(r, &length);
    if (r->bad || length == 0 || start[length - 1] != 0) {
        r->bad = 1;
        return empty;
    }
    return (char *)start;
}

// Reads a list of strings into `list`, which has room for `room`, NULL at the end included.
static inline size_t sandbox_read_strings(struct sandbox_reader *r, char **list, size_t room) {
    size_t count = sandbox_read_u32(r);
    if (count >= room) r->bad = 1;
    if (r->bad) count = 0;
    for (size_t i = 0; i < count; i++) list[i] = sandbox_read_string(r);
    list[count] = NULL;
    return count;
}

struct sandbox_writer {
    uint8_t bytes[1024];
    size_t length;
};

static inline void sandbox_write_number(struct sandbox_writer *w, uint64_t value, size_t size) {
    if (sizeof w->bytes - w->length < size) return;
    memcpy(w->bytes + w->length, &value, size);
    w->length += size;
}

static inline void sandbox_write_u32(struct sandbox_writer *w, uint32_t value) { sandbox_write_number(w, value, 4); }
static inline void sandbox_write_u64(struct sandbox_writer *w, uint64_t value) { sandbox_write_number(w, value, 8); }

static inline void sandbox_write_string(struct sandbox_writer *w, const char *text) {
    size_t length = strlen(text) + 1;
    if (length > 400) length = 0;
    sandbox_write_u32(w, (uint32_t)(length ? length : 1));
    if (sizeof w->bytes - w->length < (length ? length : 1)) return;
    memcpy(w->bytes + w->length, length ? text : "", length ? length : 1);
    w->length += length ? length : 1;
}

static inline void sandbox_write_header(struct sandbox_writer *w, uint32_t kind, uint32_t request, uint64_t sandbox) {
    w->length = 0;
    sandbox_write_u32(w, kind);
    sandbox_write_u32(w, request);
    sandbox_write_u64(w, sandbox);
}

// Sends one packet with descriptors beside it, which stay open here.
static inline int sandbox_send(int socket, const void *bytes, size_t length, const int *fds, size_t count, int flags) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int) * SANDBOX_MAX_FDS)];
    } control;
    memset(&control, 0, sizeof control);
    struct iovec part = {(void *)bytes, length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(header), fds, sizeof(int) * count);
    }
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL | flags);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -1 : 0;
}

// Receives one packet. Gives its length, 0 at the end, -1 on an error. `sender` may be NULL; else it gets the id of the
// process that sent, where the socket asks for credentials.
static inline ssize_t sandbox_receive(
    int socket, void *bytes, size_t room, int *fds, size_t *count, int *sender, int flags) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int) * SANDBOX_MAX_FDS) + CMSG_SPACE(64)];
    } control;
    struct iovec part = {bytes, room};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    *count = 0;
    ssize_t got;
    do got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | flags);
    while (got < 0 && errno == EINTR);
    if (got < 0) return -1;
    for (struct cmsghdr *h = CMSG_FIRSTHDR(&message); h; h = CMSG_NXTHDR(&message, h)) {
        if (h->cmsg_level != SOL_SOCKET) continue;
        if (h->cmsg_type == SCM_RIGHTS) {
            *count = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            memcpy(fds, CMSG_DATA(h), *count * sizeof(int));
        }
        // SCM_CREDENTIALS, which only some compilations name; its struct ucred starts with the id of the process.
        if (h->cmsg_type == 2 && sender) memcpy(sender, CMSG_DATA(h), sizeof(int));
    }
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        for (size_t i = 0; i < *count; i++) close(fds[i]);
        *count = 0;
        errno = EMSGSIZE;
        return -1;
    }
    return got;
}

#endif
