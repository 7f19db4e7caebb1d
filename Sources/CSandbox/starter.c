#include "CSandbox.h"
int sandbox_placeholder;
