"""What the tests of the command line share: a project that is rehearsed in a second, and the engine to do it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from platformctl.engine.options import Options
from platformctl.engine.plan import Plan, PlannedResource

PROJECT = Path(__file__).resolve().parent / "project"

STACK_URN = "urn:pulumi:sample::sample::pulumi:pulumi:Stack::sample-sample"


@pytest.fixture
def project() -> Path:
    return PROJECT


@pytest.fixture
def stack(tmp_path: Path) -> Callable[..., str]:
    """Writes a stack file of the sample project; gives its path."""

    def write(name: str = "changed", **config: object) -> str:
        path = tmp_path / f"Pulumi.{name}.yaml"
        path.write_text("config:\n" + "".join(f"  sample:{key}: {value}\n" for key, value in config.items()))
        return str(path)

    return write


@pytest.fixture
def resource() -> Callable[..., PlannedResource]:
    """Makes a planned resource: `resource("vcn", "oci:Core/vcn:Vcn", parent=..., protect=True)`."""

    def make(
        name: str,
        type_: str,
        *,
        parent: str = STACK_URN,
        custom: bool = True,
        op: str = "create",
        inputs: dict[str, object] | None = None,
        old_inputs: dict[str, object] | None = None,
        replace_keys: tuple[str, ...] = (),
        diffs: dict[str, str] | None = None,
        **options: object,
    ) -> PlannedResource:
        return PlannedResource(
            urn=f"urn:pulumi:sample::sample::{type_}::{name}" if type_ != "pulumi:pulumi:Stack" else STACK_URN,
            type=type_,
            name=name,
            parent="" if type_ == "pulumi:pulumi:Stack" else parent,
            custom=custom,
            op=op,
            inputs=inputs or {},
            old_inputs=old_inputs,
            options=Options(**options),  # type: ignore[arg-type]
            replace_keys=replace_keys,
            diffs=diffs or {},
        )

    return make


@pytest.fixture
def plan(resource: Callable[..., PlannedResource]) -> Callable[..., Plan]:
    """Makes a plan of the stack itself and the resources given."""

    def make(*resources: PlannedResource) -> Plan:
        return Plan(stack="sample", resources=(resource("sample-sample", "pulumi:pulumi:Stack", custom=False), *resources))

    return make
