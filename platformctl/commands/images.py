"""`platformctl images`: what a stack's nodes boot. `update` is the only command that moves it, and asks the real cloud."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from infra import stack_file
from platformctl.arguments import AsJson, Root, Stack
from platformctl.commands import plain
from platformctl.engine import stackfile
from platformctl.engine.offers import Offer, newest
from platformctl.engine.stackfile import StackFile
from platformctl.errors import Refused, WrongInput
from platformctl.render import document
from platformctl.reporting import put, reporting, say
from platformctl.root import ROOT

if TYPE_CHECKING:
    from infra.oke.images.lock import ImageLock, PinnedImage
    from stacks.config.image_lock import LockFile


class ListsUnlessTold(TyperGroup):
    """`images dev` is `images list dev`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["list", *args]
        return super().parse_args(ctx, args)


app = plain(
    cls=ListsUnlessTold, help="What a stack's nodes boot: pinned in a lock file, moved by `images update STACK`.", no_args_is_help=True
)

Simulated = Annotated[
    Path | None,
    typer.Option(help="Ask the simulated cloud whose state is in this file (made if missing), not Oracle.", metavar="FILE"),
]
Pools = Annotated[
    list[str] | None, typer.Option("--pool", help="Only this entry of nodePools; may be given several times.", metavar="ENTRY")
]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One entry of `nodePools`: what it is pinned to, and the newest."""

    pool: str
    pinned: "PinnedImage | None"
    newest: "PinnedImage | None"
    """None for an entry of the lock that the stack file has no pool for."""


@app.command("list")
def show(stack: Stack, simulated: Simulated = None, as_json: AsJson = False, root: Root = ROOT) -> None:
    """Show what each node pool is pinned to, and the newest image that it could boot. Changes nothing.

    Example: platformctl images list prod
    """
    file = stackfile.locate(stack, root)
    lock = _lock(file)
    rows = _rows(lock, _offer(root, file, simulated).pools)
    if as_json:
        put(
            document.text(
                {"stack": file.name, "lock": _path(file).name if lock else None, "pools": [_document(row, "newest") for row in rows]}
            )
        )
        return
    _table(rows, "newest")
    behind = [row.pool for row in rows if row.pinned != row.newest and row.pinned is not None]
    if lock is None:
        say(f"nothing is pinned in a file: each pool keeps what it was made with. `platformctl images update {file.name}` pins the newest.")
    elif behind:
        say(
            f"`platformctl images update {file.name}` moves {', '.join(behind)}; `platformctl diff` then shows what that does to the nodes."
        )


@app.command("update")
def move(stack: Stack, pool: Pools = None, simulated: Simulated = None, as_json: AsJson = False, root: Root = ROOT) -> None:
    """Pin the newest image for each node pool: write the stack's lock file. No node is touched before the next update of the stack.

    Example: platformctl images update prod --pool a10
    """
    file = stackfile.locate(stack, root)
    lock = _lock(file)
    offer = _offer(root, file, simulated)
    cloud = "oracle" if simulated is None else "simulated"
    if lock is not None and pool and (lock.lock.cloud, lock.lock.region) != (cloud, offer.region):
        raise WrongInput(
            f"{_path(file).name}: is of the {lock.lock.cloud} cloud in {lock.lock.region}; pin all pools anew, without --pool, "
            "before one of them moves."
        )
    _known(pool or (), offer, file)
    before = dict(lock.lock.pools) if lock is not None else {}
    kept = {entry: image for entry, image in before.items() if pool and entry in offer.pools}
    after = {**kept, **{entry: image for entry, image in offer.pools.items() if not pool or entry in pool}}
    _write(file, _locked(cloud, offer.region, after))
    rows = [Row(pool=entry, pinned=before.get(entry), newest=after.get(entry)) for entry in sorted({*before, *after})]
    if as_json:
        put(document.text({"stack": file.name, "lock": _path(file).name, "pools": [_document(row, "now") for row in rows]}))
        return
    _table(rows, "now")
    moved = [row.pool for row in rows if row.pinned != row.newest]
    say(f"wrote {_path(file)}: {', '.join(moved)} moved." if moved else f"{_path(file).name}: nothing has moved.")


def _offer(root: Path, file: StackFile, simulated: Path | None) -> Offer:
    of = "the simulated cloud" if simulated is not None else "Oracle"
    with reporting(f"Asking {of} for node images"):
        try:
            return newest(root, file, simulated=simulated)
        except Refused as error:
            if simulated is not None:
                raise
            hint = "Oracle is asked as `pulumi up` asks it, with your credentials and its oci plugin; --simulated FILE asks no real cloud."
            raise Refused(*error.lines, hint) from error


def _path(file: StackFile) -> Path:
    return stack_file.image_lock(file.path)


def _lock(file: StackFile) -> "LockFile | None":
    from stacks.config import StackFileError, image_lock  # noqa: PLC0415 - pydantic and the models

    try:
        return image_lock.read(_path(file), file.name)
    except StackFileError as error:
        raise WrongInput(*map(str, error.problems)) from None


def _known(pools: Sequence[str], offer: Offer, file: StackFile) -> None:
    from infra.problems import choices  # noqa: PLC0415

    unknown = [pool for pool in pools if pool not in offer.pools]
    if unknown:
        raise WrongInput(
            *(
                f"--pool {pool}: {file.shown} has no such entry of nodePools that boots one of OKE's images; {choices(pool, offer.pools)}"
                for pool in unknown
            )
        )


def _locked(cloud: str, region: str, pools: "Mapping[str, PinnedImage]") -> "ImageLock":
    from infra.oke.images.lock import ImageLock  # noqa: PLC0415

    return ImageLock.model_validate({"cloud": cloud, "region": region, "pools": pools})


def _write(file: StackFile, lock: "ImageLock") -> None:
    """All or nothing: a lock that was cut off would pin nothing."""
    from infra.oke.images.lock import text  # noqa: PLC0415
    from stacks.config.image_lock import update  # noqa: PLC0415

    path = _path(file)
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False, encoding="utf-8") as draft:
            draft.write(text(lock, file.name, update(file.name)))
        Path(draft.name).chmod(0o644)
        Path(draft.name).replace(path)
    except OSError as error:
        raise WrongInput(f"{path}: cannot be written ({error.strerror}).") from None


def _rows(lock: "LockFile | None", pools: "Mapping[str, PinnedImage]") -> list[Row]:
    pinned = lock.lock.pools if lock is not None else {}
    return [Row(pool=entry, pinned=pinned.get(entry), newest=pools.get(entry)) for entry in sorted({*pinned, *pools})]


def _document(row: Row, newest_called: str) -> dict[str, object]:
    def image(of: "PinnedImage | None") -> dict[str, str] | None:
        return {"id": of.id, "name": of.name} if of is not None else None

    before = "pinned" if newest_called == "newest" else "before"
    return {"pool": row.pool, before: image(row.pinned), newest_called: image(row.newest), "moves": row.pinned != row.newest}


def _table(rows: Sequence[Row], newest_called: str) -> None:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from platformctl.render.terminal import console  # noqa: PLC0415

    table = Table("pool", "pinned" if newest_called == "newest" else "before", newest_called, "", box=None, pad_edge=False)
    for row in rows:
        note = (
            "the same" if row.pinned == row.newest else "not in the stack file" if row.newest is None else "newer" if row.pinned else "new"
        )
        table.add_row(Text(row.pool), _called(row.pinned), _called(row.newest), note)
    console().print(table)


def _called(image: "PinnedImage | None") -> str:
    return image.name if image is not None else "-"
