// What Linux offers to move bytes between sockets without copying them out, and Swift's Glibc does not import.
//
// Nothing here keeps state. All calls answer as the system does, with -1 and errno for an error.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Makes a pipe that is closed on exec and never waits; both ends go to `ends`, the one to read from first. `size` is how
// many bytes it should hold; a system that allows less gives less.
int splice_make_pipe(int ends[2], int size);

// Moves up to `count` bytes from one descriptor to the other, of which one is a pipe, without waiting. 0 is the end.
ssize_t splice_move(int from, int to, size_t count);

// Makes a set of sockets to wait for.
int splice_make_set(void);

// Has the set tell `id` when the socket changes: can be read from, written to, or has ended. `again` is for a socket that
// it knows: whatever is so already is told once more.
int splice_watch(int set, int socket, uint64_t id, int again);

// Waits until something has changed; writes the ids of at most `capacity` sockets and gives their number.
int splice_wait(int set, uint64_t *ids, int capacity);

// Keeps this thread from being ended by a write to a connection that is gone.
void splice_ignore_broken_pipes(void);
