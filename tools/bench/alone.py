"""`python -m tools.bench.alone MODULES`: what no preview can do without, and nothing else.

Imports the modules that the file names, one a line, then has the engine preview a program that does nothing. How long its
process takes is what a preview is compared with.
"""

import gc
import importlib
import os
import sys
import tempfile
from pathlib import Path

gc.disable()  # as platformctl does

HERE = Path(__file__).resolve().parents[2]


def main(modules: Path) -> None:
    for name in modules.read_text().split():
        _import(name)
    with tempfile.TemporaryDirectory() as folder:
        _preview(Path(folder))


def _import(name: str) -> None:
    from infra.oci import oci  # noqa: PLC0415

    package, _, rest = name.partition(".")
    if package == "pulumi_oci" and rest and "." not in rest and rest not in ("provider", "_utilities"):
        getattr(oci, rest, None)  # the program goes round the SDK's own subpackages, and so must this
        return
    try:
        importlib.import_module(name)
    except ImportError:
        return  # made by a program as it runs, not imported


def _preview(folder: Path) -> None:
    from platformctl.engine import environment, operation, stackfile, workspace  # noqa: PLC0415
    from platformctl.engine.operation import Command  # noqa: PLC0415
    from platformctl.engine.program import Program  # noqa: PLC0415
    from toolchain import built  # noqa: PLC0415
    from toolchain.programs import ENGINE  # noqa: PLC0415

    (folder / "Pulumi.yaml").write_text("name: empty\nruntime: python\n")
    (folder / "Pulumi.empty.yaml").write_text("config: {}\n")
    (folder / "__main__.py").write_text("")
    found = built.find(ENGINE)
    if found is None:
        raise SystemExit("no Pulumi engine: run `make setup`")
    with workspace.Workspace(workspace.project(folder)) as made:
        made.put(stackfile.locate("empty", folder))
        made.found("empty")
        program = Program(folder / "__main__.py")
        command = Command(
            engine=found,
            directory=made.directory,
            environment=environment.private(os.environ, made.folder, made.backend),
            stack="empty",
            client=program.port,
            logs=made.folder,
        )
        if operation.run(command, "preview").failed:
            raise SystemExit("the engine could not preview an empty program")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    sys.stdout.flush()
    os._exit(0)  # as platformctl does
