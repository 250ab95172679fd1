// A relay in small whose threads need one lock: traced, its log shows who waited for whom. It tells the truth of it on standard output.
//
//   locks planted    one worker sends to a slow reader with the lock held, now and then; the others wait for it
//   locks healthy    the same worker takes a copy with the lock held and sends without it: nobody waits long
//   locks deadlock   two threads take two locks in opposite order and wait for ever, while another wakes up ten times a second
//
// Beside the workers there are idle threads: one that waits for jobs at a condition variable, one that wakes up ten times a second.
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { workers = 4, rounds = 120, every = 30, chunk = 300000 };

static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER, other = PTHREAD_MUTEX_INITIALIZER, jobs_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t jobs = PTHREAD_COND_INITIALIZER;
static int pending, stopping, holds_while_sending, out;
static char *data;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void rest(long ms) {
  struct timespec t = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&t, NULL);
}

static void name(const char *role, int number) {
  char text[16];
  snprintf(text, sizeof text, "%s-%d", role, number);
  prctl(PR_SET_NAME, text);
  printf("thread\t%ld\t%s\n", syscall(SYS_gettid), text);
}

static void *worker(void *argument) {
  int number = (int)(long)argument;
  long longest = 0, total = 0;
  name("worker", number);
  for (int i = 1; i <= rounds; i++) {
    double before = now();
    pthread_mutex_lock(&registry);
    double locked = now();
    long waited = (long)((locked - before) * 1e6);
    total += waited;
    if (waited > longest) longest = waited;
    int sends = number == 0 && i % every == 0;
    if (sends && holds_while_sending) {
      ssize_t sent = send(out, data, chunk, 0);
      printf("held\t%.6f\t%.6f\t%ld\t%zd\n", locked, now() - locked, syscall(SYS_gettid), sent);
    }
    pthread_mutex_unlock(&registry);
    if (sends && !holds_while_sending) send(out, data, chunk, 0);
    if (i % 10 == 0) {
      pthread_mutex_lock(&jobs_lock);
      pending++;
      pthread_cond_signal(&jobs);
      pthread_mutex_unlock(&jobs_lock);
    }
    rest(5);
  }
  printf("waited\t%ld\t%ld\t%ld\n", syscall(SYS_gettid), total, longest);
  return NULL;
}

static void *consumer(void *argument) {
  (void)argument;
  name("consumer", 0);
  pthread_mutex_lock(&jobs_lock);
  while (!stopping || pending > 0) {
    while (pending == 0 && !stopping) pthread_cond_wait(&jobs, &jobs_lock);
    if (pending > 0) pending--;
  }
  pthread_mutex_unlock(&jobs_lock);
  return NULL;
}

static void *ticker(void *argument) {
  (void)argument;
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t never = PTHREAD_COND_INITIALIZER;
  name("ticker", 0);
  pthread_mutex_lock(&mutex);
  while (!stopping) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += 100000000;
    if (t.tv_nsec >= 1000000000) t.tv_sec++, t.tv_nsec -= 1000000000;
    pthread_cond_timedwait(&never, &mutex, &t);
  }
  pthread_mutex_unlock(&mutex);
  return NULL;
}

// Takes its time over every buffer.
static void *reader(void *argument) {
  int in = accept((int)(long)argument, NULL, NULL);
  static char buffer[60000];
  name("reader", 0);
  for (;;) {
    ssize_t count = recv(in, buffer, sizeof buffer, 0);
    if (count <= 0) return NULL;
    rest(40);
  }
}

static void *first(void *argument) {
  (void)argument;
  name("first", 0);
  pthread_mutex_lock(&registry);
  rest(200);
  pthread_mutex_lock(&other);
  return NULL;
}

static void *second(void *argument) {
  (void)argument;
  name("second", 0);
  pthread_mutex_lock(&other);
  rest(200);
  pthread_mutex_lock(&registry);
  return NULL;
}

static void connect_slowly(pthread_t *thread) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), small = 8192;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(1935), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1) != 0) exit(1);
  pthread_create(thread, NULL, reader, (void *)(long)listener);
  out = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(out, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  if (connect(out, (struct sockaddr *)&address, sizeof address) != 0) exit(1);
}

int main(int count, char **arguments) {
  const char *mode = count > 1 ? arguments[1] : "";
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("registry\t%p\n", (void *)&registry);
  printf("other\t%p\n", (void *)&other);
  pthread_t threads[workers + 3];
  if (strcmp(mode, "deadlock") == 0) {
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_create(&threads[2], NULL, ticker, NULL);
    rest(3500);
    printf("deadlock\n");
    _exit(0);
  }
  holds_while_sending = strcmp(mode, "planted") == 0;
  data = calloc(1, chunk);
  connect_slowly(&threads[0]);
  pthread_create(&threads[1], NULL, consumer, NULL);
  pthread_create(&threads[2], NULL, ticker, NULL);
  for (long i = 0; i < workers; i++) pthread_create(&threads[3 + i], NULL, worker, (void *)i);
  for (int i = 0; i < workers; i++) pthread_join(threads[3 + i], NULL);
  pthread_mutex_lock(&jobs_lock);
  stopping = 1;
  pthread_cond_broadcast(&jobs);
  pthread_mutex_unlock(&jobs_lock);
  pthread_join(threads[1], NULL);
  pthread_join(threads[2], NULL);
  shutdown(out, SHUT_RDWR);
  pthread_join(threads[0], NULL);
  return 0;
}
