"""What a component declares, kept by Pulumi's mocks: the fixtures `made` and `sent` of conftest.py."""

from collections.abc import Mapping
from typing import Any

from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks
from pulumi.runtime.mocks import MockMonitor

Computed = Mapping[str, Mapping[str, Any]]
"""By type, what the provider adds to the inputs."""


class Recorder(Mocks):
    """Every resource comes to be as it is asked for, with the id `<name>-id`."""

    def __init__(self, computed: Computed) -> None:
        self.made: dict[str, MockResourceArgs] = {}
        self._computed = computed

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.made[args.name] = args
        return f"{args.name}-id", {**args.inputs, **self._computed.get(args.typ, {})}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return {}, None


class Sent(MockMonitor):
    """What the SDK sends to the engine, options and all. A component's child of the same name stands for it."""

    def __init__(self, computed: Computed) -> None:
        super().__init__(Recorder(computed))
        self.by_type: dict[str, dict[str, Any]] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        of_type = self.by_type.setdefault(request.type, {})
        assert request.name not in of_type, f"{request.name} is declared twice"  # noqa: S101 - it fails the test
        of_type[request.name] = request
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]

    @property
    def by_name(self) -> dict[str, Any]:
        return {name: request for of_type in self.by_type.values() for name, request in of_type.items()}

    def __getitem__(self, name: str) -> Any:
        return self.by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self.by_name

    def of(self, kind: str) -> list[Any]:
        """The requests of a type. Their order is that of the event loop, and of no meaning."""
        return list(self.by_type.get(kind, {}).values())
