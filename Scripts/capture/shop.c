// A small server for Scripts/capture-compare: one thread, epoll, a line in, a page out. For each request it reads a page, keeps
// the upload in a file with a temporary name, and notes it in its log.
//   shop PORT                 as it is
//   shop PORT extra UPSTREAM  the next release: every tenth request also reads a new file, asks 127.0.0.1:UPSTREAM, and calls getcpu
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static void read_file(const char *path, char *page, size_t size) {
  int file = open(path, O_RDONLY);
  if (file < 0) return;
  if (read(file, page, size) < 0) perror(path);
  close(file);
}

static void ask(int port) {
  int upstream = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = loopback(port);
  char answer[16];
  if (connect(upstream, (struct sockaddr *)&address, sizeof address) == 0 && send(upstream, "price\n", 6, 0) == 6)
    if (recv(upstream, answer, sizeof answer, 0) < 0) perror("recv");
  close(upstream);
}

int main(int argc, char **argv) {
  int port = atoi(argv[1]);
  int extra = argc > 3 ? atoi(argv[3]) : 0;
  int on = 1, requests = 0;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = loopback(port);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 16)) return perror("listen"), 1;
  int notes = open("access.log", O_WRONLY | O_CREAT | O_APPEND, 0644);
  int poll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  char request[512], page[2048];
  for (;;) {
    struct epoll_event ready[8];
    int count = epoll_wait(poll, ready, 8, 250);
    for (int i = 0; i < count; i++) {
      int fd = ready[i].data.fd;
      if (fd == listener) {
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        event.data.fd = client;
        epoll_ctl(poll, EPOLL_CTL_ADD, client, &event);
        continue;
      }
      ssize_t got = read(fd, request, sizeof request);
      if (got <= 0) {
        close(fd);
        continue;
      }
      requests++;
      read_file(requests % 2 ? "pages/one.html" : "pages/two.html", page, sizeof page);
      if (requests % 5 == 0) {
        char upload[] = "uploads/upload.XXXXXX";
        int file = mkstemp(upload);
        if (pwrite(file, request, got, 0) < 0) perror(upload);
        close(file);
        unlink(upload);
      }
      if (extra && requests % 10 == 0) {
        read_file("prices.conf", page + 1024, 512);
        syscall(SYS_getcpu, NULL, NULL, NULL);
        ask(extra);
      }
      if (write(fd, page, 512) < 0) {
        close(fd);
        continue;
      }
      struct iovec note[2] = {{request, got}, {"200\n", 4}};
      if (writev(notes, note, 2) < 0) perror("access.log");
    }
  }
}
