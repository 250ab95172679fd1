// Scripts/capture/Waiting.java: threads in several states, for thread dumps: one computes, two of a pool wait for a lock that a third holds.
class Waiting {
    static volatile long sum;
    static final Object lock = new Object();

    static void compute() { for (long i = 0; ; i++) sum += i; }

    static void hold() throws Exception { synchronized (lock) { Thread.sleep(60_000); } }

    static void enter() { synchronized (lock) { sum = 0; } }

    public static void main(String[] arguments) throws Exception {
        start("compute-1", Waiting::compute);
        start("holder", () -> { try { hold(); } catch (Exception e) { } });
        Thread.sleep(300);
        for (int i = 1; i <= 2; i++) start("pool-1-thread-" + i, Waiting::enter);
        Thread.sleep(60_000);
    }

    static void start(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }
}
