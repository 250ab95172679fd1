/* A relay of streams, to be traced: bytes of each feed go to all takers of its number. usage: relay PORT [refuse]
 *
 * A peer says what it is in its first two bytes: `f1` feeds stream 1, `t1` takes it. One thread waits with epoll, reads, and writes at once; a taker that
 * does not read holds it up, unless `refuse` makes the writes non-blocking: then what does not fit is dropped. Another thread is a timer. */
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { most = 64 };
static char kind[most], stream[most];

static void *tick(void *unused) {
    (void)unused;
    prctl(PR_SET_NAME, "ticker");
    const struct timespec pause = {0, 250 * 1000 * 1000};
    for (;;) nanosleep(&pause, NULL);
}

static void check(int result, const char *what) {
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

int main(int count, char **arguments) {
    if (count < 2) return 2;
    const int flags = count > 2 && strcmp(arguments[2], "refuse") == 0 ? MSG_DONTWAIT | MSG_NOSIGNAL : MSG_NOSIGNAL;
    signal(SIGPIPE, SIG_IGN);
    pthread_t timer;
    pthread_create(&timer, NULL, tick, NULL);
    const int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1, small = 4096;
    check(listener, "socket");
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    /* Inherited by what is accepted: a taker that stops is felt soon. */
    setsockopt(listener, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(listener, 16), "listen");
    const int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = listener}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        struct epoll_event events[16];
        const int ready = epoll_wait(epoll, events, 16, 1000);
        for (int i = 0; i < ready; i++) {
            const int fd = events[i].data.fd;
            if (fd == listener) {
                const int peer = accept(listener, NULL, NULL);
                if (peer < 0) continue;
                if (peer >= most) {
                    close(peer);
                    continue;
                }
                kind[peer] = 0;
                event.data.fd = peer;
                epoll_ctl(epoll, EPOLL_CTL_ADD, peer, &event);
                continue;
            }
            char bytes[4096];
            const ssize_t size = read(fd, bytes, sizeof bytes);
            if (size <= 0) {
                kind[fd] = 0;
                close(fd);
            } else if (kind[fd] == 0 && size >= 2) {
                kind[fd] = bytes[0];
                stream[fd] = bytes[1];
            } else if (kind[fd] == 'f') {
                for (int taker = 0; taker < most; taker++)
                    if (kind[taker] == 't' && stream[taker] == stream[fd]) send(taker, bytes, size, flags);
            }
        }
    }
}
