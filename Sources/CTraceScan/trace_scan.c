// The module is header-only so that its functions are inlined into Swift; SwiftPM wants one source file.
#include "trace_scan.h"
