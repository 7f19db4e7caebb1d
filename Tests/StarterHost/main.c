// The starter as a program of its own, so that tests of sandboxes need not wait for the whole server to be linked.
#include "CSandbox.h"

int main(void) { sandbox_starter_main(SANDBOX_CONTROL_FD); }
