"""Which operations are answered, and by what."""

from simulator.api.actions import ACTIONS
from simulator.api.answers import Answer, Asked
from simulator.api.errors import not_simulated
from simulator.api.kinds import BY_PATH, Kind
from simulator.api.lookups import FUNCTIONS, answer
from simulator.api.resources import Resources

COLLECTION = {"GET": Resources.list_all, "POST": Resources.create}
ITEM = {"GET": Resources.get, "PUT": Resources.update, "DELETE": Resources.delete}
BUCKETS = {"POST": Resources.update, "HEAD": Resources.head}
"""Object Storage changes with POST, and takes HEAD."""
MOVE = "/actions/changeCompartment"


def _item(path: str) -> Kind | None:
    head, _, last = path.rpartition("/")
    return BY_PATH.get(head) if last.startswith("{") else None


def answers(method: str, path: str) -> bool:
    """Whether an operation of the SDK is carried out."""
    if (method, path) in ACTIONS or (method == "GET" and path in FUNCTIONS):
        return True
    if path in BY_PATH:
        return method in COLLECTION
    if path.endswith(MOVE):
        return _item(path.removesuffix(MOVE)) is not None
    kind = _item(path)
    return kind is not None and (method in ITEM or (path.startswith("/n/") and method in BUCKETS))


def carry_out(cloud: Resources, asked: Asked) -> Answer:
    """Do what is asked. Raises ApiError, and says by name what is not simulated."""
    method, path = asked.operation.method, asked.operation.path
    if not answers(method, path):
        raise not_simulated(
            f"{asked.operation.name} ({method} {path} of {asked.operation.service}) is an operation of Oracle's that is not simulated"
        )
    action = ACTIONS.get((method, path))
    if action is not None:
        return action(cloud, asked)
    if path in FUNCTIONS:
        return answer(cloud.table, cloud.provider, cloud.config, asked)
    if path in BY_PATH:
        return COLLECTION[method](cloud, BY_PATH[path], asked)
    if path.endswith(MOVE):
        kind = _item(path.removesuffix(MOVE))
        return cloud.move(kind, asked) if kind is not None else Answer(status=404)
    kind = _item(path)
    assert kind is not None  # noqa: S101 - answers() has looked
    return (BUCKETS.get(method) or ITEM[method])(cloud, kind, asked) if path.startswith("/n/") else ITEM[method](cloud, kind, asked)
