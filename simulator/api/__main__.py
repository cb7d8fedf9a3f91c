"""Serve Oracle's REST API over a simulated state, on the loopback.

python -m simulator.api --folder FOLDER --state FILE [--region REGION] [--port PORT] [--verbose]

One server a folder: it holds `FOLDER/lock` for as long as it lives, says where it is in `FOLDER/server.json`, prints that as its first
line, and serves until it is told to end.
"""

import argparse
import fcntl
import json
import os
import sys
import threading
from pathlib import Path

from simulator.api.server import HOST, Api, Server
from simulator.ending import told_to_end
from simulator.oci import region as model
from simulator.simulated_state import SimulatedState

TAKEN = 3
"""Exit code: another server serves this folder."""
UNUSABLE = 4
"""Exit code: what it was given cannot be served; standard error says why."""


def main(arguments: list[str]) -> int:
    given = _arguments(arguments)
    ended = told_to_end()
    lock = (given.folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return TAKEN
    try:
        api = Api(SimulatedState(given.state), given.region)
        server = Server(api, given.port, verbose=given.verbose)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{_why(error, given.port)}\n")
        return UNUSABLE
    place = given.folder / "server.json"
    said = {"pid": os.getpid(), "endpoint": server.endpoint, "region": given.region, "state": str(given.state)}
    place.write_text(json.dumps(said), encoding="utf-8")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    sys.stdout.write(f"{json.dumps(said)}\n")
    sys.stdout.flush()
    ended.wait()
    server.shutdown()
    with api.idle():  # a request that has begun is carried out and written down
        place.unlink(missing_ok=True)
    server.server_close()
    return 0


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator.api")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--region", default=model.DEFAULT, choices=sorted(model.KEYS), metavar="REGION")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args(arguments)


def _why(error: Exception, port: int) -> str:
    if isinstance(error, OSError) and error.filename is None:
        return f"port {port} of {HOST} cannot be served: {error.strerror}"
    return str(error)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
