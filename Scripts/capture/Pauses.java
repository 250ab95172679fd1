import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A small server that echoes, with a ticker, a pool that waits for work with and without a timeout, and all of whose threads start together at a
 * gate now and then. Arguments: megabytes of objects that live, and how often the garbage is collected (0: never).
 */
class Pauses {
    private static final Object gate = new Object();
    private static int opened;
    private static Object[] living;

    /** Small arrays that refer to each other across the heap: slow to trace. */
    private static void fill(int megabytes) {
        int count = megabytes * 1024 * 1024 / 32;
        living = new Object[count];
        long place = 1;
        for (int i = 0; i < count; i++) {
            place = (place * 6364136223846793005L + 1442695040888963407L);
            Object[] node = new Object[2];
            node[0] = i == 0 ? null : living[(int) Long.remainderUnsigned(place >>> 16, i)];
            living[i] = node;
        }
    }

    private static void serve(Selector selector) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64);
        while (true) {
            selector.select(500);
            for (SelectionKey key : selector.selectedKeys()) {
                if (key.isAcceptable()) {
                    SocketChannel channel = ((ServerSocketChannel) key.channel()).accept();
                    channel.configureBlocking(false);
                    channel.register(selector, SelectionKey.OP_READ);
                } else {
                    SocketChannel channel = (SocketChannel) key.channel();
                    buffer.clear();
                    if (channel.read(buffer) < 0) { channel.close(); continue; }
                    buffer.flip();
                    channel.write(buffer);
                }
            }
            selector.selectedKeys().clear();
        }
    }

    private static void client(int port) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            byte[] bytes = new byte[32];
            while (true) {
                Thread.sleep(100);
                socket.getOutputStream().write(bytes);
                socket.getInputStream().readNBytes(bytes, 0, bytes.length);
            }
        }
    }

    private static void waitAtGate() throws InterruptedException {
        int round = 0;
        while (true) {
            synchronized (gate) {
                while (opened <= round) gate.wait();
                round = opened;
            }
        }
    }

    interface Task { void run() throws Exception; }

    private static void start(String name, Task task) {
        Thread thread = new Thread(() -> {
            try { task.run(); } catch (Exception e) { throw new IllegalStateException(e); }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }

    public static void main(String[] arguments) throws Exception {
        fill(Integer.parseInt(arguments[0]));
        int collections = Integer.parseInt(arguments[1]);
        ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server.configureBlocking(false);
        Selector selector = Selector.open();
        server.register(selector, SelectionKey.OP_ACCEPT);
        start("selector", () -> serve(selector));
        start("client", () -> client(server.socket().getLocalPort()));
        LinkedBlockingQueue<Integer> work = new LinkedBlockingQueue<>();
        for (int i = 0; i < 2; i++) start("pool-" + i, () -> { while (true) work.take(); });
        start("poller", () -> { while (true) work.poll(200, TimeUnit.MILLISECONDS); });
        for (int i = 0; i < 3; i++) start("gated-" + i, Pauses::waitAtGate);
        ScheduledThreadPoolExecutor ticker = new ScheduledThreadPoolExecutor(1);
        List<byte[]> garbage = new ArrayList<>();
        ticker.scheduleAtFixedRate(() -> garbage.add(new byte[64]), 100, 100, TimeUnit.MILLISECONDS);
        for (int second = 1; second <= 10; second++) {
            Thread.sleep(1000);
            work.add(second);
            if (second % 3 == 0) synchronized (gate) { opened++; gate.notifyAll(); }
            if (second % 3 == 1 && collections-- > 0) System.gc();
        }
        System.exit(0);
    }
}
