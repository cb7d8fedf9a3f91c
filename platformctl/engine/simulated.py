"""The simulated cloud: one process that serves all providers, started once a command and attached to by every phase."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from platformctl.engine.server import Server, ServerError


class SimulatedCloud:
    """Starts at once and answers later: `ports` waits for it."""

    def __init__(self, simulated: Path, environment: Mapping[str, str], log: Path) -> None:
        self._server = Server("simulator", ["serve", "--state", str(simulated)], environment, log)

    @property
    def ports(self) -> dict[str, int]:
        """Port of each provider. Raises ServerError."""
        line = self._server.first_line()
        try:
            return {str(name): int(port) for name, port in json.loads(line).items()}
        except (ValueError, AttributeError):
            raise ServerError(f"the simulated cloud said {line.strip()!r} where its ports belong:\n{self.printed()}") from None

    def attached(self, without: Collection[str] = ()) -> dict[str, str]:
        """Environment of an engine that takes its providers from here, but for those named. Raises ServerError."""
        return {"PULUMI_DEBUG_PROVIDERS": ",".join(f"{name}:{port}" for name, port in self.ports.items() if name not in without)}

    def printed(self) -> str:
        """What it wrote to standard error: its tracebacks, if it has any to tell."""
        return self._server.printed()

    def stop(self) -> None:
        self._server.stop()
