// The one entry of libFuzzer that a program with a `main` of its own needs.
#ifndef FUZZER_H
#define FUZZER_H

#include <stddef.h>
#include <stdint.h>

// Runs `call` with one input after the other, as the flags say; returns when the time is up.
int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*call)(const uint8_t *bytes, size_t length));

#endif
