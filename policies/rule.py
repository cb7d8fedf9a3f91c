"""What a rule is: its check, and everything said of it, as data."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any, Literal, cast

from infra.internet import WEB
from policies.accessor import Trouble
from policies.standards import Standard
from policies.subject import Resource, Stack

Environment = Literal["dev", "staging", "prod"]
ENVIRONMENTS: tuple[Environment, ...] = ("dev", "staging", "prod")
Level = Literal["mandatory", "advisory"]
"""A mandatory violation stops the preview or the update; an advisory one is reported."""
Severity = Literal["low", "medium", "high", "critical"]
Topic = Literal["spend", "security", "reliability", "pack"]
SettingKind = Literal["integer", "number", "flag", "text", "texts", "numbers", "rows"]
Stricter = Literal["lower", "higher", "fewer", "more", "true", "false", "same"]
"""Which change of a setting can only refuse more. `same`: no change is harmless."""


@dataclass(frozen=True)
class Violation:
    message: str
    """What was found, what is allowed, and which input to change."""
    urn: str | None = None
    """The resource that a check of the whole stack blames."""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What a stack declares about itself, as the configuration is compiled from it. The defaults are the strictest."""

    environment: Environment = "prod"
    monthly_usd: float = 0
    gpus: Mapping[str, int] = field(default_factory=dict)
    """Most GPUs by model."""
    availability_domains: int = 3
    """Of the region."""
    guardrails: bool = True
    """The budget and the quotas belong to this stack, and not to another one."""
    shapes: Mapping[str, Any] = field(default_factory=dict)
    """Machines that the stack file describes, as it has them."""
    tags: tuple[str, ...] = ()
    """Keys of the tags that every resource gets."""
    listeners: tuple[int, ...] = WEB
    """TCP ports of public load balancers that the stack file asks for, none of them a port of nodes."""
    acknowledged: tuple[str, ...] = ()
    """What may be replaced or deleted: the last day, and the resource."""
    quota: bool = True
    """This stack makes the quotas, where it owns the guardrails."""
    gpus_in_all: int = 0
    """Most GPUs that pods can have, all models together, each slice for itself where GPUs are shared."""
    oke: bool = True
    """The cluster is Oracle's, where volumes and load balancers are billed."""
    administrators: tuple[str, ...] = ()
    """Groups that may have every right in the cluster."""
    statements: tuple[str, ...] = ()
    """IAM statements that the stack file allows, each with a reason there."""
    kinds: tuple[str, ...] = ()
    """Kubernetes kinds that it allows, as `group/Kind`, each with a reason there."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One value of a rule's configuration."""

    name: str
    kind: SettingKind
    meaning: str
    stricter: Stricter
    default: Any
    """The strictest value: what holds where nothing is configured."""
    given: Callable[[Declared], Any] | None = None
    """Its value for what a stack declares; the default where there is none."""
    choices: tuple[str, ...] = ()
    """What a text may be; any where there are none."""

    def value(self, declared: Declared) -> Any:
        return self.default if self.given is None else self.given(declared)


class Config(dict[str, Any]):
    """A rule's settings by name, checked against their kinds, and the day on which it judges."""

    def __init__(self, values: Mapping[str, Any], today: date) -> None:
        super().__init__(values)
        self.today = today

    def number(self, name: str) -> float:
        return float(self[name])

    def integer(self, name: str) -> int:
        return int(self[name])

    def flag(self, name: str) -> bool:
        return bool(self[name])

    def text(self, name: str) -> str:
        return str(self[name])

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(self[name])

    def numbers(self, name: str) -> Mapping[str, int]:
        return {key: int(value) for key, value in cast("Mapping[str, Any]", self[name]).items()}

    def rows(self, name: str) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", self[name])


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """An input that the rule lets pass although it cannot be read, and why that is safe."""

    path: str
    """As messages write it; `*` stands for anything."""
    trouble: tuple[Trouble, ...]
    because: str

    def covers(self, path: str, trouble: Trouble) -> bool:
        return trouble in self.trouble and fnmatchcase(path, self.path.replace("[", "[[]"))


def presence(path: str) -> Accepted:
    """Only that something is there is asked for."""
    return Accepted(path=path, trouble=("unknown",), because="what is not known yet is there all the same, and that is all that is asked")


Amounts = Mapping[str, Decimal]
Check = Callable[[Resource, Config], Iterable[Violation]]
StackCheck = Callable[[Stack, Config], Iterable[Violation]]
SeenCheck = Callable[[Resource, Stack, Config], Iterable[Violation]]


@dataclass(frozen=True)
class Total:
    """A limit on a sum over the stack: refused at the resource that goes over it, before it exists."""

    amounts: Callable[[Resource, Config], Amounts]
    """What one resource adds, by what is counted."""
    judge: Callable[[str, Decimal, Config], str | None]
    """What to say of a sum of one thing that is counted, None where it is within its limit."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    name: str
    """As configuration and exceptions call it."""
    title: str
    topic: Topic
    severity: Severity
    level: Level | Mapping[Environment, Level] = "mandatory"
    applies: tuple[str, ...]
    """Types of resources, with `*` for any part."""
    why: str
    fix: str
    standards: tuple[Standard, ...]
    """Controls that ask for the same; `standards.NONE` where none does."""
    settings: tuple[Setting, ...] = ()
    accepts: tuple[Accepted, ...] = ()
    check: Check | None = None
    check_seen: SeenCheck | None = None
    """Judges a resource among those that were registered before it."""
    total: Total | None = None
    check_stack: StackCheck | None = None

    def level_in(self, environment: Environment) -> Level:
        return self.level if isinstance(self.level, str) else self.level[environment]

    @property
    def on_resources(self) -> bool:
        """Whether it judges single resources as they are registered, and not only the whole stack."""
        return any((self.check, self.check_seen, self.total))

    def applies_to(self, type_: str) -> bool:
        return any(fnmatchcase(type_, pattern) for pattern in self.applies)

    @property
    def defaults(self) -> dict[str, Any]:
        return {setting.name: setting.default for setting in self.settings}
