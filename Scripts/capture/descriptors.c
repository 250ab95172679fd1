/* Passes descriptors on in every way that the kernel knows, for Scripts/make-corpus.
 *
 * descriptors PART...; the parts are functions part_* below. Steps of two processes are kept in order by a pipe or by wait.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char *self;

static void check(int ok, const char *what) {
    if (!ok) { perror(what); exit(1); }
}

static void pass(int socket, const int *fds, int count) {
    char byte = 'x', room[CMSG_SPACE(sizeof(int) * 8)] = {0};
    struct iovec v = {&byte, 1};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = room, .msg_controllen = CMSG_SPACE(sizeof(int) * count)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int) * count);
    memcpy(CMSG_DATA(c), fds, sizeof(int) * count);
    check(sendmsg(socket, &m, 0) == 1, "sendmsg");
}

static void take(int socket, int *fds, int count) {
    char byte, room[CMSG_SPACE(sizeof(int) * 8)];
    struct iovec v = {&byte, 1};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    check(recvmsg(socket, &m, MSG_CMSG_CLOEXEC) == 1, "recvmsg");
    memcpy(fds, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(int) * count);
}

/* A parent passes a file and the reading end of a pipe to its child through a socket pair. */
static void part_rights(void) {
    int pair[2], pipes[2], fds[2];
    char text[4];
    check(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
    if (!fork()) {
        close(pair[0]);
        take(pair[1], fds, 2);
        check(read(fds[0], text, 4) == 4 && read(fds[1], text, 3) == 3, "read");
        take(pair[1], fds, 1);
        check(read(fds[0], text, 4) == 4, "read");
        _exit(0);
    }
    close(pair[1]);
    check(!pipe(pipes), "pipe");
    fds[0] = open("/proc/version", O_RDONLY);
    fds[1] = pipes[0];
    pass(pair[0], fds, 2);
    close(fds[0]);
    close(pipes[0]);
    check(write(pipes[1], "abc", 3) == 3, "write");
    fds[0] = open("/proc/uptime", O_RDONLY);
    pass(pair[0], fds, 1);
    wait(NULL);
}

/* The same through a socket with a name: who is at the other end is to be told from accept and connect. */
static void part_named(void) {
    struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "passing"};
    int fds[1];
    char text[4];
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    unlink(at.sun_path);
    check(!bind(listener, (void *)&at, sizeof at) && !listen(listener, 1), "listen");
    if (!fork()) {
        int client = socket(AF_UNIX, SOCK_STREAM, 0);
        check(!connect(client, (void *)&at, sizeof at), "connect");
        take(client, fds, 1);
        check(read(fds[0], text, 4) == 4, "read");
        _exit(0);
    }
    int served = accept(listener, NULL, NULL);
    fds[0] = open("/proc/version", O_RDONLY);
    pass(served, fds, 1);
    wait(NULL);
}

/* A parent takes a copy of its child's descriptor; CLONE_PIDFD gives the first pidfd, pidfd_open the second. */
static void part_pidfd(void) {
    int pidfd = -1, go[2], ready[2];
    char byte;
    check(!pipe(go) && !pipe(ready), "pipe");
    pid_t child = syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, NULL, &pidfd, NULL, 0);
    if (!child) {
        int own = open("/proc/version", O_RDONLY);
        check(dup2(own, 40) == 40 && write(ready[1], "r", 1) == 1 && read(go[0], &byte, 1) == 1, "child");
        _exit(0);
    }
    check(read(ready[0], &byte, 1) == 1, "read");
    int copy = syscall(SYS_pidfd_getfd, pidfd, 40, 0);
    check(read(copy, &byte, 1) == 1, "read");
    int second = syscall(SYS_pidfd_open, child, 0);
    copy = syscall(SYS_pidfd_getfd, second, 40, 0);
    check(read(copy, &byte, 1) == 1 && write(go[1], "g", 1) == 1, "read");
    wait(NULL);
}

/* A server and a client in one process, watched by epoll. */
static void part_server(void) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    struct epoll_event ready, event = {.events = EPOLLIN, .data.u64 = 7};
    char text[8];
    int poll = epoll_create1(EPOLL_CLOEXEC), listener = socket(AF_INET, SOCK_STREAM, 0);
    check(!bind(listener, (void *)&at, size) && !getsockname(listener, (void *)&at, &size) && !listen(listener, 4), "listen");
    check(!epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event), "epoll_ctl");
    int client = socket(AF_INET, SOCK_STREAM, 0);
    check(!connect(client, (void *)&at, size) && epoll_wait(poll, &ready, 1, 1000) == 1, "connect");
    int served = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    event.events = EPOLLIN | EPOLLET;
    check(!epoll_ctl(poll, EPOLL_CTL_ADD, served, &event), "epoll_ctl");
    check(write(client, "hello", 5) == 5 && epoll_wait(poll, &ready, 1, 1000) == 1 && read(served, text, 8) == 5, "talk");
    event.events = EPOLLIN | EPOLLOUT;
    check(!epoll_ctl(poll, EPOLL_CTL_MOD, served, &event) && !epoll_ctl(poll, EPOLL_CTL_DEL, listener, NULL), "epoll_ctl");
    close(served);
}

/* Files with names that their open calls do not show. */
static void part_names(void) {
    int memory = memfd_create("ring", MFD_CLOEXEC), folder = open("/proc/self", O_RDONLY | O_DIRECTORY);
    check(write(memory, "abc", 3) == 3, "write");
    int file = openat(folder, "limits", O_RDONLY);
    char text[8];
    check(read(file, text, 8) == 8 && eventfd(1, 0) >= 0, "read");
}

static int sharer(void *unused) {
    (void)unused;
    execl(self, self, "after-exec", NULL);
    _exit(1);
}

/* The end of a stack for a child. */
static char *stack_end(void) {
    char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(stack != MAP_FAILED, "mmap");
    return stack + 65536;
}

static int closer(void *unused) {
    (void)unused;
    check(!syscall(SYS_close_range, 10, 20, 2 /* CLOSE_RANGE_UNSHARE */), "close_range");
    _exit(0);
}

/* A child that shares the table and calls exec, and one that closes a range of its own copy: the parent keeps its descriptors. */
static void part_sharing(void) {
    int file = open("/proc/version", O_RDONLY | O_CLOEXEC);
    char byte;
    check(clone(sharer, stack_end(), CLONE_FILES | CLONE_VM | CLONE_VFORK | SIGCHLD, NULL) > 0, "clone");
    wait(NULL);
    check(read(file, &byte, 1) == 1 && dup2(file, 12) == 12, "read");
    check(clone(closer, stack_end(), CLONE_FILES | SIGCHLD, NULL) > 0, "clone");
    wait(NULL);
    check(read(12, &byte, 1) == 1, "read");
}

static void part_after_exec(void) {}

int main(int count, char **words) {
    static const struct { const char *name; void (*run)(void); } parts[] = {
        {"rights", part_rights}, {"named", part_named}, {"pidfd", part_pidfd}, {"server", part_server}, {"names", part_names},
        {"sharing", part_sharing}, {"after-exec", part_after_exec},
    };
    self = words[0];
    for (int i = 1; i < count; i++)
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
            if (!strcmp(words[i], parts[k].name)) parts[k].run();
    return 0;
}
