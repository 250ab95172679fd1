import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.*;
import java.nio.file.Path;
import java.time.Instant;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.concurrent.locks.LockSupport;

/**
 * A threaded relay with a flaw, to be looked at with strace: clients are read by NIO processor threads, their bytes go
 * through a worker pool to an upstream server, and every worker needs one lock that a housekeeping thread holds too long.
 *
 * <p>usage: RelayServer PORT UPSTREAM-PORT TRUTH-DIRECTORY (all on 127.0.0.1)
 *
 * <p>Truth: sessions.tsv has each session's descriptors and its counts when it opened, each second, and when it closed;
 * hot-lock.tsv has when the housekeeping thread held the lock. Needs --add-opens java.base/sun.nio.ch=ALL-UNNAMED.
 */
public final class RelayServer {
    static final int PROCESSORS = 2, WORKERS = 8, TICK_MS = 1000, SHORT_HOLD_MS = 120, LONG_HOLD_MS = 1800, LONG_HOLD_EVERY = 13;
    static final int METERS = 4, METER_MS = 8;   // LONG_HOLD_MS: capture-jvm waits for it

    static PrintWriter sessionTruth, lockTruth;
    static synchronized void note(PrintWriter truth, Object... cells) {
        Instant t = Instant.now();
        truth.printf("%d.%06d", t.getEpochSecond(), t.getNano() / 1000);
        for (Object cell : cells) truth.print("\t" + cell);
        truth.println();
        truth.flush();
    }

    static void record(String event, Session s) {
        note(sessionTruth, event, "s" + s.id, s.clientFd, s.upstreamFd, s.clientAddress, s.upstreamAddress,
            s.reads, s.received, s.relayed, s.returned);
    }

    static int fdOf(SocketChannel channel) throws ReflectiveOperationException {
        Field fd = channel.getClass().getDeclaredField("fdVal");
        fd.setAccessible(true);
        return fd.getInt(channel);
    }

    /** The hot lock is this object's monitor. */
    static final class Registry {
        private final Map<Integer, Long> bytes = new HashMap<>();
        synchronized void add(int session, int count) { bytes.merge(session, (long) count, Long::sum); }
        synchronized long total() { return bytes.values().stream().mapToLong(Long::longValue).sum(); }

        /** Pretends to do slow bookkeeping. Nobody relays a byte meanwhile. */
        synchronized void clean(int ms) {
            note(lockTruth, "locked", ms);
            sleep(ms);
            note(lockTruth, "unlocked", ms);
        }
    }

    static final Registry registry = new Registry();
    static final Collection<Session> sessions = ConcurrentHashMap.newKeySet();
    static final AtomicInteger workerNumber = new AtomicInteger();
    static final ExecutorService workers =
        Executors.newFixedThreadPool(WORKERS, task -> daemon("worker-" + workerNumber.getAndIncrement(), task));

    static final class Session {
        final int id, clientFd, upstreamFd;
        final String clientAddress, upstreamAddress;
        final SocketChannel client, upstream;
        final AtomicLong reads = new AtomicLong(), received = new AtomicLong(), relayed = new AtomicLong(), returned = new AtomicLong();
        private final Queue<ByteBuffer> queue = new ArrayDeque<>();
        private boolean scheduled;
        Session(int id, SocketChannel client, SocketChannel upstream) throws IOException, ReflectiveOperationException {
            this.id = id;
            this.client = client;
            this.upstream = upstream;
            clientFd = fdOf(client);
            upstreamFd = fdOf(upstream);
            clientAddress = client.getRemoteAddress().toString().substring(1);
            upstreamAddress = upstream.getLocalAddress().toString().substring(1);
        }

        /** Called by the processor: keeps the chunks in order, one worker at a time. */
        synchronized void enqueue(ByteBuffer chunk) {
            queue.add(chunk);
            if (!scheduled) workers.execute(this::drain);
            scheduled = true;
        }

        private synchronized ByteBuffer next() {
            ByteBuffer chunk = queue.poll();
            scheduled = chunk != null;
            return chunk;
        }

        private void drain() {
            try {
                for (ByteBuffer chunk; (chunk = next()) != null; ) {
                    registry.add(id, chunk.remaining());
                    while (chunk.hasRemaining()) relayed.addAndGet(upstream.write(chunk));
                }
            } catch (IOException e) { close(); }
        }

        /** What upstream answers, written back by a thread of the session's own. */
        void returnReplies() {
            ByteBuffer buffer = ByteBuffer.allocateDirect(16384);
            try {
                while (upstream.read(buffer.clear()) >= 0) {
                    buffer.flip();
                    while (buffer.hasRemaining()) {
                        int count = client.write(buffer);
                        returned.addAndGet(count);
                        if (count == 0) LockSupport.parkNanos(5_000_000);
                    }
                }
            } catch (IOException e) { /* the other side is gone */ }
            close();
        }

        void close() {
            if (!sessions.remove(this)) return;     // the other side closed it already
            record("close", this);
            try { client.close(); upstream.close(); } catch (IOException e) { /* closed is closed */ }
        }
    }

    /** Reads many clients: until there is nothing more, then waits for any of them. */
    static final class Processor implements Runnable {
        private final Selector selector = Selector.open();
        private final Queue<Session> arrivals = new ConcurrentLinkedQueue<>();
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(8192);

        Processor() throws IOException { }
        void add(Session session) { arrivals.add(session); selector.wakeup(); }
        @Override public void run() {
            try {
                while (true) {
                    selector.select(1000);
                    for (Session s; (s = arrivals.poll()) != null; ) {
                        s.client.configureBlocking(false);
                        s.client.register(selector, SelectionKey.OP_READ, s);
                    }
                    for (SelectionKey key : selector.selectedKeys()) read((Session) key.attachment());
                    selector.selectedKeys().clear();
                }
            } catch (IOException e) { e.printStackTrace(); }
        }

        private void read(Session s) {
            try {
                for (int count; (count = s.client.read(buffer.clear())) != 0; ) {
                    if (count < 0) { s.close(); return; }
                    s.reads.incrementAndGet();
                    s.received.addAndGet(count);
                    s.enqueue(ByteBuffer.allocate(count).put(buffer.flip()).flip());
                }
            } catch (IOException | CancelledKeyException e) { s.close(); }
        }
    }

    static void keepHouse() {
        for (int tick = 1; ; tick++) {
            sleep(TICK_MS);
            for (Session s : sessions) record("tick", s);
            registry.clean(tick % LONG_HOLD_EVERY == 0 ? LONG_HOLD_MS : SHORT_HOLD_MS);
        }
    }

    /** Bitrate meters: they look often, so the lock is contended even when it is held for a moment only. */
    static void meter() {
        for (long last = 0; ; sleep(METER_MS)) last = Math.max(last, registry.total());
    }

    static void sleep(int ms) { try { Thread.sleep(ms); } catch (InterruptedException e) { Thread.currentThread().interrupt(); } }
    static Thread daemon(String name, Runnable task) { Thread t = new Thread(task, name); t.setDaemon(true); return t; }

    public static void main(String[] arguments) throws Exception {
        Path truth = Path.of(arguments[2]);
        sessionTruth = new PrintWriter(truth.resolve("sessions.tsv").toFile());
        sessionTruth.println("epoch\tevent\tsession\tclient_fd\tupstream_fd\tclient\tupstream\treads\treceived\trelayed\treturned");
        lockTruth = new PrintWriter(truth.resolve("hot-lock.tsv").toFile());
        lockTruth.println("epoch\tevent\tplanned_ms");
        Processor[] processors = new Processor[PROCESSORS];
        for (int i = 0; i < PROCESSORS; i++) daemon("processor-" + i, processors[i] = new Processor()).start();
        for (int i = 0; i < METERS; i++) daemon("meter-" + i, RelayServer::meter).start();
        daemon("housekeeping", RelayServer::keepHouse).start();
        ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])));
        for (int id = 1; ; id++) {
            SocketChannel client = server.accept();
            SocketChannel upstream = SocketChannel.open(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[1])));
            Session session = new Session(id, client, upstream);
            sessions.add(session);
            record("open", session);
            processors[id % PROCESSORS].add(session);
            daemon("upstream-" + id, session::returnReplies).start();
        }
    }
}
