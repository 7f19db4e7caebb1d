// A native function: reads a picture from its event and answers with a histogram of its brightness.
//
// It speaks the Lambda Runtime API over one kept connection, and uses nothing but libc.

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STEPS = 16, LARGEST_EVENT = 8 << 20, LARGEST_HEAD = 64 << 10 };

// One response of the Runtime API; head and body are NUL-terminated and stay valid until the next one is read.
typedef struct {
    int status;
    char request_id[64];
    char *body;
    size_t length;
} Response;

static char head[LARGEST_HEAD + 1];
static char *body;

static void die(const char *why) {
    fprintf(stderr, "%s: %s\n", why, errno ? strerror(errno) : "unexpected");
    exit(1);
}

// --- The Runtime API.

static int connect_to(const char *address) {
    char host[64];
    int port = 0;
    if (!address || sscanf(address, "%63[^:]:%d", host, &port) != 2) die("AWS_LAMBDA_RUNTIME_API is not host:port");
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, host, &place.sin_addr) != 1) die("AWS_LAMBDA_RUNTIME_API is no IPv4 address");
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&place, sizeof place) != 0) die("no Runtime API");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void send_all(int fd, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) die("could not send");
        bytes += sent;
        count -= (size_t)sent;
    }
}

static size_t receive(int fd, char *into, size_t room) {
    for (;;) {
        ssize_t count = recv(fd, into, room, 0);
        if (count > 0) return (size_t)count;
        if (count == 0) exit(0);  // the platform has ended this instance
        if (errno != EINTR) die("could not receive");
    }
}

// The value of a header in a response's head, or NULL; not terminated, it ends with its line.
static const char *header(const char *name) {
    for (const char *line = strstr(head, "\r\n"); line && line[2]; line = strstr(line + 2, "\r\n")) {
        const char *at = line + 2;
        if (strncasecmp(at, name, strlen(name)) == 0 && at[strlen(name)] == ':') {
            for (at += strlen(name) + 1; *at == ' '; at++) {}
            return at;
        }
    }
    return NULL;
}

static Response read_response(int fd) {
    // What came after the last response is kept here: the platform may send two in one piece.
    static char rest[LARGEST_HEAD];
    static size_t rest_length;
    size_t have = rest_length;
    memcpy(head, rest, rest_length);
    rest_length = 0;
    char *end;
    while (head[have] = 0, !(end = strstr(head, "\r\n\r\n"))) {
        if (have == LARGEST_HEAD) die("a header without an end");
        have += receive(fd, head + have, LARGEST_HEAD - have);
    }
    char *extra = end + 4;
    size_t extra_length = have - (size_t)(extra - head);
    end[2] = 0;  // the head now ends with its last line
    Response response = {0};
    if (sscanf(head, "HTTP/1.1 %3d", &response.status) != 1) die("no HTTP/1.1 response");
    const char *length = header("Content-Length");
    response.length = length ? strtoul(length, NULL, 10) : 0;
    if (response.length > LARGEST_EVENT) die("an event that is too large");
    const char *id = header("Lambda-Runtime-Aws-Request-Id");
    if (id) snprintf(response.request_id, sizeof response.request_id, "%.*s", (int)strcspn(id, "\r"), id);
    size_t copied = extra_length < response.length ? extra_length : response.length;
    memcpy(body, extra, copied);
    rest_length = extra_length - copied;
    memcpy(rest, extra + copied, rest_length);
    while (copied < response.length) copied += receive(fd, body + copied, response.length - copied);
    body[response.length] = 0;
    response.body = body;
    return response;
}

// Sends the answer to an event, if there is one, with the request for the next, in one piece.
static Response next_event(int fd, const char *address, const char *request_id, const char *kind, const char *answer) {
    static char request[16 << 10];
    size_t length = 0;
    if (request_id) {
        length = (size_t)snprintf(request, sizeof request,
            "POST /2018-06-01/runtime/invocation/%s/%s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
            "Content-Length: %zu\r\n\r\n%s", request_id, kind, address, strlen(answer), answer);
    }
    length += (size_t)snprintf(request + length, sizeof request - length,
        "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n", address);
    if (length >= sizeof request) die("an answer that is too large");
    send_all(fd, request, length);
    if (request_id && read_response(fd).status >= 500) die("the answer was not taken");
    Response event = read_response(fd);
    if (event.status != 200) die("no event");
    return event;
}

// --- The event.

// The text of a string member of a JSON object; NULL where there is none. Escapes are not resolved: base64 needs none, except
// that some writers escape the slash.
static char *string_member(char *json, const char *name) {
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\"", name);
    char *at = strstr(json, quoted);
    if (!at) return NULL;
    at += strlen(quoted);
    at += strspn(at, " \t\r\n");
    if (*at++ != ':') return NULL;
    at += strspn(at, " \t\r\n");
    if (*at++ != '"') return NULL;
    char *end = strchr(at, '"');
    if (!end) return NULL;
    *end = 0;
    return at;
}

// Decodes base64 in place; returns the number of bytes, or -1.
static ssize_t decode_base64(char *text) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    int count = 0;
    char *out = text;
    for (const char *in = text; *in && *in != '='; in++) {
        if (*in == '\\') continue;
        const char *digit = strchr(alphabet, *in);
        if (!digit) return -1;
        bits = bits << 6 | (uint32_t)(digit - alphabet);
        if ((count += 6) >= 8) *out++ = (char)(bits >> (count -= 8));
    }
    return out - text;
}

// Reads one number of a picture's head, past white space and comments.
static bool read_number(const unsigned char **at, const unsigned char *end, unsigned *number) {
    while (*at < end && (isspace(**at) || **at == '#')) {
        if (**at == '#') while (*at < end && **at != '\n') (*at)++;
        else (*at)++;
    }
    if (*at == end || !isdigit(**at)) return false;
    for (*number = 0; *at < end && isdigit(**at) && *number < 100000; (*at)++) *number = *number * 10 + (unsigned)(**at - '0');
    return true;
}

// Writes the answer for an event; returns NULL, or why there is none.
static const char *histogram(char *event, char *answer, size_t room) {
    char *text = string_member(event, "image");
    if (!text) return "the event needs a member \\\"image\\\"";
    ssize_t length = decode_base64(text);
    if (length < 0) return "the picture is not base64";
    const unsigned char *at = (const unsigned char *)text, *end = at + length;
    if (length < 2 || at[0] != 'P' || (at[1] != '5' && at[1] != '6')) return "the picture is neither a binary PGM nor a PPM";
    size_t channels = at[1] == '6' ? 3 : 1;
    unsigned width, height, top;
    at += 2;
    if (!read_number(&at, end, &width) || !read_number(&at, end, &height) || !read_number(&at, end, &top) || at == end
        || top == 0 || top > 255 || width == 0 || height == 0) return "the head of the picture cannot be read";
    at++;
    size_t pixels = (size_t)width * height;
    if ((size_t)(end - at) < pixels * channels) return "the picture is cut short";
    size_t steps[STEPS] = {0};
    uint64_t sum = 0;
    for (size_t i = 0; i < pixels; i++, at += channels) {
        // Brightness as the eye sees it: weights of ITU-R BT.601, in thousandths.
        unsigned value = channels == 3 ? (299u * at[0] + 587u * at[1] + 114u * at[2]) / 1000 : at[0];
        value = value > top ? 255 : value * 255 / top;
        sum += value;
        steps[value * STEPS / 256]++;
    }
    int used = snprintf(answer, room, "{\"width\":%u,\"height\":%u,\"mean\":%.2f,\"histogram\":[", width, height,
        (double)sum / (double)pixels);
    for (int i = 0; i < STEPS; i++) {
        used += snprintf(answer + used, room - (size_t)used, "%s%zu", i ? "," : "", steps[i]);
    }
    snprintf(answer + used, room - (size_t)used, "]}");
    return NULL;
}

int main(void) {
    const char *address = getenv("AWS_LAMBDA_RUNTIME_API");
    setvbuf(stdout, NULL, _IOLBF, 0);
    body = malloc(LARGEST_EVENT + 1);
    if (!body) die("no memory");
    int fd = connect_to(address);
    Response event = next_event(fd, address, NULL, NULL, NULL);
    for (;;) {
        char answer[1024];
        const char *problem = histogram(event.body, answer, sizeof answer);
        if (problem) {
            printf("could not use the event: %s\n", problem);
            snprintf(answer, sizeof answer, "{\"errorType\":\"BadPicture\",\"errorMessage\":\"%s\"}", problem);
        } else {
            printf("answered for a picture of %zu bytes of JSON\n", event.length);
        }
        char request_id[sizeof event.request_id];
        memcpy(request_id, event.request_id, sizeof request_id);
        event = next_event(fd, address, request_id, problem ? "error" : "response", answer);
    }
}
