import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/** Two deadlocks that stay: of two monitors and a ReentrantLock among three threads, and of two ReentrantLocks. A fourth thread waits for one of them. */
class Deadlock {
    private static final Object accounts = new Object();
    private static final Object journal = new Object();
    private static final ReentrantLock audit = new ReentrantLock();
    private static final ReentrantLock left = new ReentrantLock();
    private static final ReentrantLock right = new ReentrantLock();
    private static final CountDownLatch held = new CountDownLatch(5);

    private static void together() {
        held.countDown();
        try {
            held.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void transfer() {
        synchronized (accounts) {
            together();
            synchronized (journal) { System.out.println("never"); }
        }
    }

    private static void post() {
        synchronized (journal) {
            together();
            audit.lock();
        }
    }

    private static void review() {
        audit.lock();
        together();
        synchronized (accounts) { System.out.println("never"); }
    }

    private static void cross(ReentrantLock mine, ReentrantLock other) {
        mine.lock();
        together();
        other.lock();
    }

    private static void late() {
        try {
            held.await();
            Thread.sleep(500);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        synchronized (accounts) { System.out.println("never"); }
    }

    public static void main(String[] arguments) {
        new Thread(Deadlock::transfer, "transfer").start();
        new Thread(Deadlock::post, "post").start();
        new Thread(Deadlock::review, "review").start();
        new Thread(() -> cross(left, right), "crossing-1").start();
        new Thread(() -> cross(right, left), "crossing-2").start();
        new Thread(Deadlock::late, "bystander").start();
    }
}
