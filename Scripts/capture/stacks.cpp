// Scripts/capture/stacks.cpp: burns processor time under names that are hard to read in a profile: threads with blanks and digits, templates,
// lambdas, call operators, anonymous namespaces.
#include <chrono>
#include <functional>
#include <string>
#include <sys/prctl.h>
#include <thread>
#include <unistd.h>

static volatile unsigned long sink;
static bool until(std::chrono::steady_clock::time_point end) { return std::chrono::steady_clock::now() < end; }
using Clock = std::chrono::steady_clock;

__attribute__((noinline)) void burn(int times) { for (int i = 0; i < times * 1000; i++) sink = sink + i; }
static inline __attribute__((always_inline)) void inlined_burn() { for (int i = 0; i < 30000; i++) sink = sink * 3 + i; }

namespace {
__attribute__((noinline)) void hidden(int times) { burn(times); asm volatile(""); }
}
namespace media {
template <typename T> struct Muxer {
    __attribute__((noinline)) void operator()(T times) const { burn(times); asm volatile(""); }
    __attribute__((noinline)) Muxer &operator<<(T times) { hidden(times); asm volatile(""); return *this; }
};
__attribute__((noinline)) void apply(const std::function<void(int)> &work) { work(40); asm volatile(""); }
__attribute__((noinline)) void mixed() { inlined_burn(); getppid(); asm volatile(""); }
}

static void work(const char *name, double seconds) {
    prctl(PR_SET_NAME, name);
    auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    media::Muxer<int> muxer;
    while (until(end)) {
        muxer(20);
        muxer << 20;
        media::apply([](int times) { burn(times); asm volatile(""); });
        media::mixed();
    }
}

int main(int count, char **arguments) {
    double seconds = count > 1 ? std::stod(arguments[1]) : 0.3;
    if (count > 2) unlink(arguments[0]);
    std::thread a(work, "mux: 2", seconds), b(work, "io worker/1", seconds);
    work("V8 Worker 64 [1]", seconds);
    a.join();
    b.join();
}
