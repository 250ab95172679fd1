#define _GNU_SOURCE
#include "processors.h"

#include <sched.h>
#include <unistd.h>

int processors_allowed(void) {
  // cpu_set_t holds 1,024, and the kernel refuses what is smaller than its own mask.
  cpu_set_t sets[16];
  if (sched_getaffinity(0, sizeof sets, sets) == 0) return CPU_COUNT_S(sizeof sets, sets);
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}
