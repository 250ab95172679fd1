// How many processors this thread may run on (sched_setaffinity(2): taskset, cpusets), as nproc(1) counts them; at least 1. Swift does not
// import what glibc declares for _GNU_SOURCE only.
#ifndef PROCESSORS_H
#define PROCESSORS_H

int processors_allowed(void);

#endif
