"""Feeds and takers of relay.c. usage: peers.py PORT SECONDS [WHO FROM TO]...

Two streams, a feed and a taker each, for so many seconds; 1000 bytes every 125 ms. WHO (f1, t1, f2 or t2) does nothing between FROM and TO."""
import socket
import sys
import threading
import time

port, seconds = int(sys.argv[1]), float(sys.argv[2])
pauses = {sys.argv[i]: (float(sys.argv[i + 1]), float(sys.argv[i + 2])) for i in range(3, len(sys.argv), 3)}
begin = time.monotonic()


def pause(who):
    first, last = pauses.get(who, (0, 0))
    now = time.monotonic() - begin
    if first <= now < last:
        time.sleep(last - now)


def connect(who):
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    peer.connect(("127.0.0.1", port))
    peer.sendall(who.encode())
    time.sleep(0.3)
    return peer


def feed(who):
    peer = connect(who)
    while time.monotonic() - begin < seconds:
        pause(who)
        peer.sendall(b"x" * 1000)
        time.sleep(0.125)
    peer.close()


def take(who):
    peer = connect(who)
    while True:
        pause(who)
        if not peer.recv(4096) or time.monotonic() - begin > seconds:
            return


for who in ("t1", "t2", "f1", "f2"):
    threading.Thread(target=feed if who[0] == "f" else take, args=(who,), daemon=True).start()
time.sleep(seconds + 0.5)
