"""`platformctl cloud`: the simulated cloud, answering Oracle's REST API on this machine."""

import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from platformctl.arguments import AsJson, Root
from platformctl.commands import plain
from platformctl.errors import WrongInput
from platformctl.render import document
from platformctl.reporting import put
from platformctl.root import ROOT

if TYPE_CHECKING:
    from platformctl.cloud.process import Running

app = plain(help="A simulated Oracle Cloud on this machine, for the official SDKs: no account, no credentials.", no_args_is_help=True)

Folder = Annotated[
    Path | None, typer.Option("--folder", help="Where its key, state and log are. [default: .cache/cloud]", resolve_path=True)
]
"""Of the project's checkout, where nothing is committed."""


@app.command("start")
def start(  # noqa: PLR0917 - the command line's options
    folder: Folder = None,
    region: Annotated[str, typer.Option(help="The region that it is.", metavar="REGION")] = "eu-frankfurt-1",
    port: Annotated[int, typer.Option(help="Port of 127.0.0.1; 0 for any that is free.")] = 0,
    state: Annotated[
        Path | None, typer.Option(help="Serve this simulated state. [default: one in the folder]", metavar="FILE", resolve_path=True)
    ] = None,
    as_json: AsJson = False,
    root: Root = ROOT,
) -> None:
    """Start it.

    Example: platformctl cloud start --port 4590
    """
    from platformctl.cloud import process  # noqa: PLC0415 - the cloud, for its own commands

    running = process.start(_folder(folder, root), state=state, region=region, port=port)
    put(document.text(_document(running)) if as_json else "\n".join(_words(running)))


@app.command("stop")
def stop(folder: Folder = None, as_json: AsJson = False, root: Root = ROOT) -> None:
    """End it. Its state stays.

    Example: platformctl cloud stop
    """
    from platformctl.cloud import process  # noqa: PLC0415

    ended = process.stop(_folder(folder, root))
    put(document.text(_document(ended)) if as_json else f"stopped; its state is in {ended.state}")


@app.command("state")
def state(folder: Folder = None, as_json: AsJson = False, root: Root = ROOT) -> None:
    """Show whether it runs, and what is in it.

    Example: platformctl cloud state --json
    """
    from platformctl.cloud import process  # noqa: PLC0415
    from simulator.simulated_state import SimulatedState  # noqa: PLC0415

    place = _folder(folder, root)
    running = process.found(place)
    file = running.state if running is not None else place / "simulated.json"
    counts: Counter[str] = Counter()
    if file.exists():
        try:
            simulated = SimulatedState(file)
        except ValueError as error:
            raise WrongInput(str(error)) from None
        counts.update(record.type.rpartition(":")[2] for record in simulated.state.records.values())
    if as_json:
        put(document.text({"running": running is not None, **(_document(running) if running else {"state": str(file)}), "holds": counts}))
        return
    put(f"runs at {running.endpoint} as {running.region}, process {running.pid}" if running else "does not run")
    put("\n".join(f"{count:>6}  {kind}" for kind, count in sorted(counts.items())) or "nothing is in it")


def _folder(folder: Path | None, root: Path) -> Path:
    return folder if folder is not None else root / ".cache" / "cloud"


def _document(running: "Running") -> dict[str, Any]:
    return {
        "endpoint": running.endpoint,
        "region": running.region,
        "pid": running.pid,
        "config": str(running.config),
        "state": str(running.state),
        "plugins": str(running.plugins),
    }


def _words(running: "Running") -> list[str]:
    return [
        f"The simulated cloud answers at {running.endpoint} as {running.region}, process {running.pid}.",
        "",
        "Python:",
        f'  config = oci.config.from_file("{running.config}")',
        f'  client = oci.container_engine.ContainerEngineClient(config, service_endpoint="{running.endpoint}")',
        "",
        "OCI CLI:",
        f"  oci --config-file {shlex.quote(str(running.config))} --endpoint {running.endpoint} ce cluster list --compartment-id ...",
        "",
        "Pulumi, with the simulated providers over the same state:",
        f'  export PATH={shlex.quote(str(running.plugins))}:"$PATH"',
    ]
