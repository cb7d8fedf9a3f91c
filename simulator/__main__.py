"""Start simulated providers.

python -m simulator serve --state FILE       all three in one process: prints {"oci": PORT, "kubernetes": PORT, "random": PORT}
                                             and serves until its standard input closes or it is told to end
python -m simulator plugin NAME [ENGINE]     one provider the way the engine starts a plugin: prints its port, serves until it is
                                             told to end, or the engine, the process in SIMULATOR_ENGINE, has ended; its simulated
                                             state is the file in SIMULATOR_STATE
"""

import json
import os
import sys
import threading

from simulator import PROVIDERS
from simulator.ending import told_to_end
from simulator.serving import serve
from simulator.simulated_state import SimulatedState

LOOK_SECONDS = 0.5
"""How often a plugin looks whether its engine is still there."""

USAGE = (__doc__ or "").strip()


def main(arguments: list[str]) -> int:
    match arguments:
        case ["serve"]:
            return serve_all(SimulatedState())
        case ["serve", "--state", path]:
            return serve_all(SimulatedState(path))
        case ["plugin", name, *_] if name in PROVIDERS:
            return plugin(name, SimulatedState(os.environ.get("SIMULATOR_STATE")))
    print(USAGE, file=sys.stderr)  # noqa: T201
    return 2


def serve_all(simulated: SimulatedState) -> int:
    ended = told_to_end()
    servers = {name: serve(name, simulated) for name in PROVIDERS}
    _say(json.dumps({name: port for name, (_, port) in servers.items()}))

    def watch() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=watch, daemon=True).start()
    ended.wait()
    for server, _ in servers.values():
        server.stop(grace=0.2)
    return 0


def plugin(name: str, simulated: SimulatedState) -> int:
    ended = told_to_end()
    server, port = serve(name, simulated)
    _say(str(port))
    engine = int(os.environ.get("SIMULATOR_ENGINE") or os.getppid())
    # An engine that is killed tells its plugins nothing: they become another process's children.
    while not ended.wait(LOOK_SECONDS) and os.getppid() == engine:
        pass
    server.stop(grace=0.2)
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
