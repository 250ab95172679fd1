"""Clients for Scripts/capture-compare: six connections that each ask on their own rhythm, and come back on a new port after 25 requests.

usage: shoppers.py PORT UPSTREAM SECONDS
UPSTREAM is a port to answer on, for a server that asks there.
"""

import random
import socket
import sys
import threading
import time

port, upstream, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
end = time.monotonic() + seconds


def answer():
    listener = socket.create_server(("127.0.0.1", upstream))
    while True:
        client, _ = listener.accept()
        with client:
            if client.recv(16):
                client.sendall(b"42\n")


def shop(number):
    chance = random.Random(number)
    while time.monotonic() < end:
        with socket.create_connection(("127.0.0.1", port)) as server:
            server.settimeout(2)
            try:
                for request in range(25):
                    if time.monotonic() > end:
                        break
                    server.sendall(b"GET page %d\n" % request)
                    if not server.recv(512):
                        break
                    time.sleep(chance.expovariate(25))
            except OSError:
                pass


threading.Thread(target=answer, daemon=True).start()
shoppers = [threading.Thread(target=shop, args=(number,)) for number in range(6)]
for shopper in shoppers:
    shopper.start()
for shopper in shoppers:
    shopper.join()
