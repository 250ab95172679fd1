"""A server whose workers share a listening socket, for Scripts/make-corpus: workers.py WORKERS FILE. FILE gets port and pids."""

import os
import socket
import sys

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(8)
pids = []
for _ in range(int(sys.argv[1])):
    pid = os.fork()
    if pid == 0:
        while True:
            client, _ = listener.accept()
            with open("/proc/version", "rb") as file:
                file.read(8)
            client.recv(100)
            client.sendall(b"bye")
            client.close()
    pids.append(pid)
with open(sys.argv[2] + ".new", "w") as out:
    print(listener.getsockname()[1], *pids, file=out)
os.rename(sys.argv[2] + ".new", sys.argv[2])
for pid in pids:
    os.waitpid(pid, 0)
