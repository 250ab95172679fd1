// The functions are libFuzzer's; SwiftPM wants one source file.
#include "CFuzzer.h"
