#!/usr/bin/env python3
"""usage: tap.py tcp|udp PORT FILE TITLE

Stands between a client on 127.0.0.2:PORT and a server on 127.0.0.1:PORT, and writes to FILE what either wrote, until it is ended:

  # TITLE
  transport stream
  port 6379
  connection
  client 24 2a320d0a...         who wrote, how many bytes, and the first of them in hexadecimal
"""
import select
import socket
import sys

SHOWN = 520
MESSAGES = 6
CONNECTIONS = 6


class Record:
    def __init__(self, path, title, transport, port):
        self.file = open(path, "w", encoding="ascii")
        self.connections = 0
        print(f"# {title}\ntransport {transport}\nport {port}", file=self.file, flush=True)

    def connection(self):
        """Gives the room left for messages of a new connection, by a list of one number."""
        self.connections += 1
        if self.connections > CONNECTIONS:
            return [0]
        print("connection", file=self.file, flush=True)
        return [MESSAGES]

    def message(self, room, writer, data):
        if room[0] > 0:
            room[0] -= 1
            print(writer, len(data), data[:SHOWN].hex(), file=self.file, flush=True)


def tcp(port, record):
    listener = socket.create_server(("127.0.0.2", port))
    # Each end: its other end, who writes at it, the room left.
    ends = {}
    while True:
        for end in select.select([listener, *ends], [], [])[0]:
            if end is listener:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", port))
                room = record.connection()
                ends[client] = (server, "client", room)
                ends[server] = (client, "server", room)
            elif end in ends:
                other, writer, room = ends[end]
                try:
                    data = end.recv(65536)
                    if data:
                        record.message(room, writer, data)
                        other.sendall(data)
                        continue
                except OSError:
                    pass
                for one in (end, other):
                    del ends[one]
                    one.close()


def udp(port, record):
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(("127.0.0.2", port))
    clients = {}
    while True:
        for end in select.select([listener, *clients], [], [])[0]:
            try:
                data, address = end.recvfrom(65536)
            except (BlockingIOError, ConnectionRefusedError):
                continue  # nobody listens: that is all there was to read
            if end is not listener:
                client, room = clients[end]
                record.message(room, "server", data)
                listener.sendto(data, client)
                continue
            found = [one for one, (client, _) in clients.items() if client == address]
            if not found:
                server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                server.connect(("127.0.0.1", port))
                server.setblocking(False)
                clients[server] = (address, record.connection())
                found = [server]
            record.message(clients[found[0]][1], "client", data)
            try:
                found[0].send(data)
            except ConnectionRefusedError:
                pass


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    kind, port, path, title = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    record = Record(path, title, "stream" if kind == "tcp" else "datagram", port)
    (tcp if kind == "tcp" else udp)(port, record)


if __name__ == "__main__":
    main()
