"""Which node images a cloud offers a stack: a program that makes nothing, previewed against Oracle, or against the simulated cloud."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from platformctl.engine import environment, operation, surroundings, workspace
from platformctl.engine.failure import stop
from platformctl.engine.operation import Command
from platformctl.engine.session import OperationError, found_engine
from platformctl.engine.simulated import SimulatedCloud
from platformctl.engine.stackfile import StackFile
from platformctl.engine.workspace import Workspace

if TYPE_CHECKING:
    from infra.oke.images.lock import PinnedImage


@dataclass
class Offer:
    """The newest image for each entry of `nodePools` whose image the stack file leaves open."""

    region: str = ""
    pools: "Mapping[str, PinnedImage]" = field(default_factory=dict)


def newest(root: Path, file: StackFile, *, simulated: Path | None = None) -> Offer:
    """What Oracle offers now, asked with this process's credentials; with `simulated`, what the cloud of that file does.

    Raises WrongInput and Refused.
    """
    project = workspace.project(root)
    engine = found_engine(dict(os.environ))
    from platformctl.engine.program import Program  # noqa: PLC0415 - the SDK, while the engine is looked for

    offer = Offer()

    def asked() -> None:
        from stacks.newest_images import ask  # noqa: PLC0415

        ask(answered)

    def answered(region: str, pools: "Mapping[str, PinnedImage]") -> None:
        offer.region, offer.pools = region, pools

    offers = surroundings.offers(file, project.name)
    with Workspace(project) as space, _environment(space, simulated, offers) as (variables, cloud):
        space.put(file)
        space.found(file.name)
        program = Program(project.entry, asked)
        try:
            command = Command(
                engine=engine(),
                directory=space.directory,
                environment={**variables, **(cloud.attached() if cloud else {})},
                stack=file.name,
                client=program.port,
                logs=space.folder,
            )
            outcome = operation.run(command, "preview")
        finally:
            program.stop()
        if outcome.failed or outcome.log.errors:
            raise stop(OperationError(outcome, program.report().failure), file, project.name)
    return offer


@contextlib.contextmanager
def _environment(space: Workspace, simulated: Path | None, offers: str) -> Iterator[tuple[Mapping[str, str], SimulatedCloud | None]]:
    """The engine's environment: this process's own where Oracle is asked, but for the place of the state, which is thrown away."""
    if simulated is None:
        keys = ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_SKIP_UPDATE_CHECK", "PULUMI_DEBUG_COMMANDS")
        private = environment.private({}, space.folder, space.backend)
        yield {**os.environ, **{key: private[key] for key in keys}}, None
        return
    variables = {**environment.private(os.environ, space.folder, space.backend), surroundings.OFFERS: offers}
    cloud = SimulatedCloud(simulated, variables, space.folder / "simulator.err")
    try:
        with environment.worn(variables):
            yield variables, cloud
    finally:
        cloud.stop()
