// Scripts/capture/tally.h: a program's own count of its I/O per (process, descriptor, incarnation), kept in a mapped file
// so that it survives exec and SIGKILL.
//
// Incarnation n of a descriptor counts from 0 in each process; a forked child's inherited descriptors are its n = 0.
// Calls that failed with EBADF met no descriptor and are tallied under n = -1. Link statically: then the dynamic loader
// opens nothing before main does.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PROCESSES = 8, FDS = 64, LIVES = 40 };
struct cell { _Atomic long reads, read_bytes, read_errors, writes, write_bytes, write_errors, moved_in, moved_out; char what[16]; };
struct process { pid_t pid; int lives[FDS]; char is_open[FDS]; struct cell cells[FDS][LIVES + 1]; };  // cells[fd][n + 1]
static struct state { _Atomic int count; void *hot_lock; struct process processes[PROCESSES]; } *state;
static struct process *me;
static const char *state_path;

static struct cell *current(int fd) { return &me->cells[fd][me->lives[fd]]; }
static int opened(int fd, const char *what) {
    if (fd < 0 || fd >= FDS || me->lives[fd] >= LIVES) abort();
    me->lives[fd]++; me->is_open[fd] = 1;
    strncpy(current(fd)->what, what, 15);
    return fd;
}
static int shut(int fd) { me->is_open[fd] = 0; return close(fd); }

// A call belongs to the incarnation that its descriptor had when the call began, hence `c` is looked up first.
#define TALLY(fd, call, calls, bytes, errors) ({ struct cell *c = current(fd); errno = 0; long got = (call); \
    if (got < 0 && errno == EBADF) c = &me->cells[fd][0]; \
    c->calls++; if (got < 0) c->errors++; else c->bytes += got; got; })
#define READ(fd, call) TALLY(fd, call, reads, read_bytes, read_errors)
#define WRITE(fd, call) TALLY(fd, call, writes, write_bytes, write_errors)
#define MOVE(from, to, call) ({ long moved = (call); if (moved > 0) { current(from)->moved_out += moved; current(to)->moved_in += moved; } moved; })

static int map_state(void) {
    int fd = open(state_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, sizeof *state)) abort();
    state = mmap(0, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return fd;
}
// Finds this process's tally (after an exec it is there already) or begins it.
static void begin_tally(void) {
    int fd = map_state();
    for (int i = 0; i < state->count && !me; i++) if (state->processes[i].pid == getpid()) me = &state->processes[i];
    if (!me) {
        me = &state->processes[state->count++]; me->pid = getpid();
        for (int i = 0; i < 3; i++) opened(i, "stdio");
    }
    opened(fd, "state"); shut(fd);
}
static pid_t fork_process(void) {
    struct process *parent = me;
    pid_t pid = fork();
    if (pid) return pid;
    me = &state->processes[state->count++]; me->pid = getpid();
    for (int fd = 0; fd < FDS; fd++) if (parent->is_open[fd]) opened(fd, parent->cells[fd][parent->lives[fd]].what);
    return 0;
}
static void print_tally(void) {
    printf("pid\tfd\tn\twhat\treads\tread_bytes\tread_errors\twrites\twrite_bytes\twrite_errors\tmoved_in\tmoved_out\n");
    for (int p = 0; p < state->count; p++) for (int fd = 0; fd < FDS; fd++) for (int n = -1; n < state->processes[p].lives[fd]; n++) {
        struct cell *c = &state->processes[p].cells[fd][n + 1];
        if (!c->reads && !c->writes && (n < 0 || fd < 3)) continue;
        printf("%d\t%d\t%d\t%s\t%ld\t%ld\t%ld\t%ld\t%ld\t%ld\t%ld\t%ld\n", state->processes[p].pid, fd, n, n < 0 ? "EBADF" : c->what, c->reads, c->read_bytes,
               c->read_errors, c->writes, c->write_bytes, c->write_errors, c->moved_in, c->moved_out);
    }
    if (state->hot_lock) printf("# hot lock %p\n", state->hot_lock);
}
