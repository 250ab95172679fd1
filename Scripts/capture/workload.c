// Scripts/capture/workload.c: a small program whose system calls are known. It runs the parts named on its command line
// and tallies its own I/O (tally.h), so that what a log analysis says can be compared with what really happened.
//
//   workload STATE PART...      run the parts; the tally goes into the file STATE
//   workload tally STATE        print the tally as TSV
#include "tally.h"
#include <arpa/inet.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

static void pause_ms(int ms) { struct timespec t = {ms / 1000, ms % 1000 * 1000000L}; nanosleep(&t, 0); }
static pthread_t start(void *(*body)(void *), long argument) {
    pthread_t t; if (pthread_create(&t, 0, body, (void *)argument)) abort(); return t;
}
static void name_thread(const char *name) { prctl(PR_SET_NAME, name); }
static void open_pair(int type, int pair[2], const char *a, const char *b) {
    if (socketpair(AF_UNIX, type, 0, pair)) abort();
    opened(pair[0], a); opened(pair[1], b);
}
static void open_pipe(int pair[2], int flags) { if (pipe2(pair, flags)) abort(); opened(pair[0], "pipe-read"); opened(pair[1], "pipe-write"); }

// Buffers and names that look like strace's own syntax.
static void part_bytes(void) {
    static const struct { const char *text; int size; } odd[] = {
#define ODD(s) {s, sizeof s - 1}
        ODD(") = 5 <unfinished ...>"), ODD("\", 5) = 5 <0.000001>"), ODD("<... read resumed>\"x\", 5) = 7 <1.5>"),
        ODD("one\n4242 12:00:00 read(3, \"x\", 1) = 1 <0.1>\n"), ODD("+++ exited with 0 +++\n"), ODD("--- SIGALRM {si_signo=SIGALRM} ---"),
        ODD("/* , ) */ [{(<\\"), ODD("back\\slash\ttab\r\33[31m\0\0015\177 \303\251 \377"), ODD("\2\0\14createStream\0@\0\0\0\0\0\0\0\5"), ODD("")};
    int pair[2]; char buffer[256];
    open_pair(SOCK_STREAM, pair, "odd-reader", "odd-writer");
    for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
        WRITE(pair[1], write(pair[1], odd[i].text, odd[i].size));
        if (odd[i].size) READ(pair[0], read(pair[0], buffer, sizeof buffer));
    }
    int fd = opened(open("odd, \"name\") = 3 <unfinished ...>", O_CREAT | O_RDWR, 0600), "odd-name");
    WRITE(fd, write(fd, "abc", 3)); shut(fd);
    open("no) = 3 <0.000001>", O_RDONLY);
    unlink("odd, \"name\") = 3 <unfinished ...>");
    shut(pair[1]); READ(pair[0], read(pair[0], buffer, 10)); shut(pair[0]);
}
// Files, copies of descriptors, one number used again and again, errors, zero-copy moves.
static void part_files(void) {
    char a[64] = "a few bytes", b[64]; struct iovec two[2] = {{a, 11}, {b, 20}};
    int pair[2], pipes[2];
    int fd = opened(open("sample.txt", O_CREAT | O_TRUNC | O_RDWR, 0600), "sample");
    for (int i = 0; i < 3; i++) WRITE(fd, write(fd, a, 11));
    WRITE(fd, pwrite(fd, "middle", 6, 12)); WRITE(fd, writev(fd, two, 2)); lseek(fd, 0, SEEK_SET);
    READ(fd, readv(fd, two, 2)); READ(fd, pread(fd, b, 10, 3)); READ(fd, preadv(fd, two, 2, 1));
    for (int i = 0; i < 6; i++) {
        int again = opened(open("sample.txt", O_RDONLY | O_CLOEXEC), "again");
        for (int k = 0; k <= i % 3; k++) READ(again, read(again, b, 10 + i));
        shut(again);
    }
    open("missing.txt", O_RDONLY);
    int copy = opened(dup(fd), "dup"), high = opened(fcntl(fd, F_DUPFD_CLOEXEC, 20), "dupfd");
    WRITE(copy, write(copy, "via dup", 7)); WRITE(high, write(high, "via fcntl", 9));
    opened(dup2(high, copy), "dup2"); WRITE(copy, write(copy, "via dup2", 8));
    opened(dup3(fd, 21, O_CLOEXEC), "dup3"); fcntl(21, F_SETFD, 0); dup2(fd, fd);
    WRITE(21, write(21, "via dup3", 8)); shut(21); shut(high); shut(copy);
    READ(33, read(33, b, 5)); WRITE(33, write(33, b, 5)); close(33); dup2(33, 34); read(-1, b, 1);
    open_pair(SOCK_STREAM, pair, "move-in", "move-out"); open_pipe(pipes, 0); lseek(fd, 0, SEEK_SET);
    MOVE(fd, pair[0], sendfile(pair[0], fd, 0, 16)); MOVE(fd, pipes[1], splice(fd, 0, pipes[1], 0, 12, 0));
    MOVE(pipes[0], pair[0], splice(pipes[0], 0, pair[0], 0, 64, 0));
    READ(pair[1], read(pair[1], b, sizeof b));
    shut(pair[0]); shut(pair[1]); shut(pipes[0]); shut(pipes[1]); shut(fd); unlink("sample.txt");
}
static long length_of(struct mmsghdr *messages, int count) {
    long sum = count < 0 ? count : 0; for (int i = 0; i < count; i++) sum += messages[i].msg_len;
    return sum;
}
// sendmsg and its family; a descriptor sent through a socket.
static void part_messages(void) {
    char a[40] = "first part, ", b[40] = "second part", control[CMSG_SPACE(sizeof(int))] = {0}; int pair[2], pipes[2], passed;
    struct iovec two[2] = {{a, 12}, {b, 11}};
    struct msghdr m = {.msg_iov = two, .msg_iovlen = 2};
    struct mmsghdr three[3] = {{.msg_hdr = m}, {.msg_hdr = m}, {.msg_hdr = m}};
    open_pair(SOCK_DGRAM, pair, "dgram-in", "dgram-out"); open_pipe(pipes, 0);
    WRITE(pair[1], sendmsg(pair[1], &m, 0)); READ(pair[0], recvmsg(pair[0], &m, 0));
    WRITE(pair[1], length_of(three, sendmmsg(pair[1], three, 3, 0)));
    READ(pair[0], length_of(three, recvmmsg(pair[0], three, 3, MSG_DONTWAIT, 0)));
    WRITE(pair[1], sendto(pair[1], "datagram", 8, MSG_NOSIGNAL, 0, 0)); READ(pair[0], recvfrom(pair[0], a, 40, 0, 0, 0));
    READ(pair[0], recv(pair[0], a, 40, MSG_DONTWAIT));                                  // EAGAIN
    m.msg_control = control; m.msg_controllen = sizeof control;
    struct cmsghdr *c = CMSG_FIRSTHDR(&m); c->cmsg_level = SOL_SOCKET; c->cmsg_type = SCM_RIGHTS; c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &pipes[0], sizeof(int)); WRITE(pair[1], sendmsg(pair[1], &m, 0)); READ(pair[0], recvmsg(pair[0], &m, 0));
    memcpy(&passed, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(int)); opened(passed, "passed");
    WRITE(pipes[1], write(pipes[1], "through", 7)); READ(passed, read(passed, a, 40));
    shut(passed); shut(pair[0]); shut(pair[1]); shut(pipes[0]); signal(SIGPIPE, SIG_IGN);
    WRITE(pipes[1], write(pipes[1], "x", 1)); shut(pipes[1]);                           // EPIPE
}
static void part_waits(void) {
    int pair[2]; uint64_t eight = 1; struct timeval tv = {0, 5000}; fd_set set; struct itimerspec soon = {{0, 0}, {0, 3000000}};
    open_pair(SOCK_STREAM, pair, "polled", "poker");
    struct pollfd p = {pair[0], POLLIN, 0}; poll(&p, 1, 5);
    FD_ZERO(&set); FD_SET(pair[0], &set); select(pair[0] + 1, &set, 0, 0, &tv);
    int ep = opened(epoll_create1(EPOLL_CLOEXEC), "epoll"); struct epoll_event ev = {EPOLLIN, {.fd = pair[0]}}, out[4];
    epoll_ctl(ep, EPOLL_CTL_ADD, pair[0], &ev); epoll_wait(ep, out, 4, 5);
    WRITE(pair[1], write(pair[1], "go", 2)); poll(&p, 1, 1000); epoll_wait(ep, out, 4, 1000); READ(pair[0], recv(pair[0], out, 10, 0));
    int event = opened(eventfd(0, EFD_CLOEXEC), "eventfd"); WRITE(event, write(event, &eight, 8)); READ(event, read(event, &eight, 8)); shut(event);
    int timer = opened(timerfd_create(CLOCK_MONOTONIC, 0), "timerfd"); timerfd_settime(timer, 0, &soon, 0);
    READ(timer, read(timer, &eight, 8)); shut(timer); shut(ep); shut(pair[0]); shut(pair[1]);
}
// One lock that every thread wants; whoever holds it sleeps.
static pthread_mutex_t hot = PTHREAD_MUTEX_INITIALIZER;
static void *lock_thread(void *rounds) {
    name_thread("lock>er");
    for (long i = 0; i < (long)rounds; i++) { pthread_mutex_lock(&hot); pause_ms(3); pthread_mutex_unlock(&hot); pause_ms(1); }
    return 0;
}
static void part_locks(void) {
    pthread_t t[4]; state->hot_lock = &hot;
    pthread_mutex_lock(&hot);
    for (int i = 0; i < 4; i++) t[i] = start(lock_thread, 4);
    pause_ms(30); pthread_mutex_unlock(&hot);
    for (int i = 0; i < 4; i++) pthread_join(t[i], 0);
}
// TCP echo over loopback. The last connection reuses a number whose close() has not returned yet.
static int listener, accepted;
static void *server_thread(void *echoes) {
    name_thread("tcp server"); char b[64]; long n;
    for (long left = (long)echoes; left >= 0; left--) {
        int fd = accepted = opened(accept4(listener, 0, 0, SOCK_CLOEXEC), "accepted");
        if (left == 0) break;                                                           // this one is left to part_tcp
        while ((n = READ(fd, read(fd, b, sizeof b))) > 0) WRITE(fd, write(fd, b, n));
        shut(fd);
    }
    return 0;
}
static void *close_thread(void *fd) { name_thread("closer"); shut((long)fd); return 0; }
static void part_tcp(void) {
    struct sockaddr_in at = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}, {0}}; socklen_t size = sizeof at; int small = 2048, clients[4]; static char b[65536];
    listener = opened(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "listener");
    setsockopt(listener, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    if (bind(listener, (void *)&at, sizeof at) || listen(listener, 8)) abort();
    getsockname(listener, (void *)&at, &size);
    pthread_t server = start(server_thread, 2);
    for (int i = 0; i < 4; i++) {
        clients[i] = opened(socket(AF_INET, SOCK_STREAM, 0), "client");
        if (i < 2) {
            connect(clients[i], (void *)&at, sizeof at);
            for (int k = 0; k < 3; k++) { WRITE(clients[i], send(clients[i], "hello\n", 6, 0)); READ(clients[i], recv(clients[i], b, 64, 0)); }
            shutdown(clients[i], SHUT_WR); READ(clients[i], recv(clients[i], b, 64, 0)); shut(clients[i]); pause_ms(20);
        } else setsockopt(clients[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    }
    connect(clients[2], (void *)&at, sizeof at); pthread_join(server, 0);
    int full = accepted; struct linger wait = {1, 2};
    while (WRITE(full, send(full, b, sizeof b, MSG_DONTWAIT)) > 0) ;                    // until EAGAIN: the peer does not read
    setsockopt(full, SOL_SOCKET, SO_LINGER, &wait, sizeof wait);
    pthread_t closer = start(close_thread, full); pause_ms(40);                         // blocks: data is not delivered
    server = start(server_thread, 0);                                                   // its accept takes the same number
    connect(clients[3], (void *)&at, sizeof at); pthread_join(server, 0);
    while (READ(clients[2], recv(clients[2], b, sizeof b, 0)) > 0) ;
    pthread_join(closer, 0);
    WRITE(accepted, write(accepted, "again", 5)); READ(clients[3], read(clients[3], b, 64));
    shut(accepted); shut(clients[3]); shut(clients[2]); shut(listener);
}
// Signals in a blocking read: without SA_RESTART it fails with EINTR; with it the kernel starts the call again, and a
// log shows one call more, which only the handler can count.
static _Atomic int signals; static int wake[2]; static pthread_t main_thread;
static void on_signal(int number) { (void)number; signals++; }
static void *signal_thread(void *_) {
    (void)_; name_thread("signaller");
    for (int i = 0; i < 2; i++) { pause_ms(100); pthread_kill(main_thread, SIGUSR1); }
    pause_ms(100); WRITE(wake[1], write(wake[1], "data", 4));
    return 0;
}
static void part_signals(void) {
    char b[8]; struct sigaction action = {.sa_handler = on_signal}; main_thread = pthread_self();
    open_pipe(wake, 0); sigaction(SIGUSR1, &action, 0);
    pthread_t t = start(signal_thread, 0); READ(wake[0], read(wake[0], b, 8));
    action.sa_flags = SA_RESTART; sigaction(SIGUSR1, &action, 0); signals = 0; READ(wake[0], read(wake[0], b, 8));
    current(wake[0])->reads += signals; current(wake[0])->read_errors += signals;
    pthread_join(t, 0); shut(wake[0]); shut(wake[1]);
}
static const char *self;
static void run_self(const char *part) { execl(self, self, state_path, part, (char *)0); abort(); }
// What is left after an exec: 10 was inherited, 11 was close-on-exec.
static void part_after_exec(void) {
    WRITE(10, write(10, "still here", 10)); WRITE(11, write(11, "gone", 4));
    int fd = opened(open("/dev/zero", O_RDONLY), "zero"); char b[100]; READ(fd, read(fd, b, 100)); shut(fd);
}
static void open_10_and_11(int pipes[2], int flags) {
    open_pipe(pipes, flags); opened(dup2(pipes[1], 10), "kept"); opened(dup3(pipes[1], 11, O_CLOEXEC), "dropped");
}
static void part_processes(void) {
    int pipes[2], status; char b[64]; open_10_and_11(pipes, O_CLOEXEC);
    for (int i = 0; i < 3; i++) {
        pid_t pid = fork_process();
        if (pid == 0) {
            shut(pipes[0]); WRITE(pipes[1], write(pipes[1], "child", 5));
            if (i == 1) run_self("after-exec");
            if (i == 2) pause();
            int fd = opened(open("/dev/zero", O_RDONLY), "zero"); READ(fd, read(fd, b, 8)); _exit(i + 7);
        }
        READ(pipes[0], read(pipes[0], b, 5)); if (i == 1) READ(pipes[0], read(pipes[0], b, 10));
        if (i == 2) { pause_ms(30); kill(pid, SIGTERM); }                               // not before it tallied its write
        waitpid(pid, &status, 0);
    }
    waitpid(-1, &status, WNOHANG);                                                      // ECHILD
    shut(pipes[0]); shut(pipes[1]); shut(10); shut(11);
}
static void *exec_thread(void *_) { (void)_; name_thread("execer"); pause_ms(20); run_self("after-exec"); return 0; }
static void part_thread_exec(void) {
    int pipes[2]; open_10_and_11(pipes, 0); start(exec_thread, 0); pause_ms(5000); abort();
}
static void *blocked_thread(void *fd) { char b[8]; name_thread("blocked"); READ((long)fd, read((long)fd, b, 8)); return 0; }
static void part_killed(void) {
    int pipes[2]; open_pipe(pipes, 0); WRITE(pipes[1], write(pipes[1], "last words", 10));
    for (int i = 0; i < 3; i++) start(blocked_thread, pipes[0]);                        // the first two get the bytes
    pause_ms(60); kill(getpid(), SIGKILL);
}
// About 1.5 s of work for an attached strace.
static void *echo_thread(void *fd) { char b[64]; long n; name_thread("echo"); while ((n = READ((long)fd, read((long)fd, b, 64))) > 0) WRITE((long)fd, write((long)fd, b, n)); return 0; }
static void *ask_thread(void *fd) {
    char b[64]; name_thread("asker");
    for (int i = 0; i < 75; i++) { WRITE((long)fd, write((long)fd, "are you there?", 14)); READ((long)fd, read((long)fd, b, 64)); pause_ms(20); }
    shutdown((long)fd, SHUT_WR); return 0;
}
static void part_busy(void) {
    int pair[2][2]; pthread_t t[8]; int n = 0; state->hot_lock = &hot;
    for (int i = 0; i < 2; i++) { open_pair(SOCK_STREAM, pair[i], "asking", "echoing"); t[n++] = start(echo_thread, pair[i][1]); t[n++] = start(ask_thread, pair[i][0]); }
    for (int i = 0; i < 3; i++) t[n++] = start(lock_thread, 150);
    while (n > 0) pthread_join(t[--n], 0);
}
// Two writes through a ring: they reach the file, and no system call of their name is made.
static void part_uring(void) {
    struct io_uring_params p = {0};
    int ring = syscall(SYS_io_uring_setup, 4, &p);
    if (ring < 0) { perror("io_uring_setup"); return; }                                 // switched off on this machine
    opened(ring, "ring");
    int fd = opened(open("ring.txt", O_CREAT | O_RDWR, 0600), "ringed");
    char *sq = mmap(0, p.sq_off.array + p.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
    struct io_uring_sqe *entries = mmap(0, p.sq_entries * sizeof *entries, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
    if (sq == MAP_FAILED || entries == MAP_FAILED) abort();
    for (int i = 0; i < 2; i++) {
        entries[i] = (struct io_uring_sqe){.opcode = IORING_OP_WRITE, .fd = fd, .addr = (unsigned long)"ringed", .len = 6, .off = 6 * i};
        ((unsigned *)(sq + p.sq_off.array))[i] = i;
    }
    __atomic_store_n((unsigned *)(sq + p.sq_off.tail), 2, __ATOMIC_RELEASE);
    if (syscall(SYS_io_uring_enter, ring, 2, 2, IORING_ENTER_GETEVENTS, 0, 0) != 2) abort();
    shut(ring); shut(fd); unlink("ring.txt");
}
static void part_talk(void) { for (int i = 0; i < 4; i++) WRITE(2, write(2, i % 2 ? "half a line, " : "a line of the program's own\n", i % 2 ? 13 : 28)); }

int main(int count, char **arguments) {
    static const struct { const char *name; void (*run)(void); } parts[] = {
        {"bytes", part_bytes}, {"files", part_files}, {"messages", part_messages}, {"waits", part_waits}, {"locks", part_locks}, {"tcp", part_tcp},
        {"signals", part_signals}, {"processes", part_processes}, {"after-exec", part_after_exec}, {"thread-exec", part_thread_exec},
        {"killed", part_killed}, {"busy", part_busy}, {"talk", part_talk}, {"uring", part_uring}};
    if (count < 3) { fprintf(stderr, "usage: %s STATE PART... | tally STATE\n", arguments[0]); return 2; }
    self = arguments[0];
    if (!strcmp(arguments[1], "tally")) { state_path = arguments[2]; map_state(); print_tally(); return 0; }
    state_path = arguments[1]; begin_tally();
    for (int i = 2; i < count; i++) for (unsigned k = 0; k < sizeof parts / sizeof *parts; k++) if (!strcmp(arguments[i], parts[k].name)) parts[k].run();
    return 0;
}
