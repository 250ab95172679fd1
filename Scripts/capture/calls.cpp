// Scripts/capture/calls.cpp: two threads that write and sleep below names of C++, one at a time in a write: some calls come in halves.
#include <fcntl.h>
#include <string>
#include <thread>
#include <time.h>
#include <unistd.h>

namespace media {
struct Writer {
    int fd;
    template <class T> __attribute__((noinline)) void operator()(const T &text) {
        ssize_t written = ::write(fd, text.data(), text.size());
        (void)written;
        asm volatile("");
    }
};
__attribute__((noinline)) void nap(long nanoseconds) {
    timespec time{0, nanoseconds};
    nanosleep(&time, nullptr);
    asm volatile("");
}
}

static __attribute__((noinline)) void worker(int fd) {
    media::Writer writer{fd};
    for (int i = 0; i < 3; i++) {
        writer(std::string("hello"));
        media::nap(2000000);
    }
    asm volatile("");
}

int main(int, char **arguments) {
    int fd = open(arguments[1], O_CREAT | O_WRONLY | O_TRUNC, 0600);
    std::thread other(worker, fd);
    worker(fd);
    other.join();
    close(fd);
}
