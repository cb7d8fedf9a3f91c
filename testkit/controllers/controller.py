"""What is known of a controller: where its files are, what it is called in a cluster, and how it is started. A row of `table.py`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from toolchain import built
from toolchain.built import Program

Object = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one run of a controller has its things."""

    folder: Path
    """A folder of its own, in the control plane's."""
    port: int
    """On loopback: where its webhooks answer."""

    @property
    def certificates(self) -> Path:
        """Where the kubelet would mount the Secret with its certificate."""
        return self.folder / "certificates"

    @property
    def settings(self) -> Path:
        """Its configuration file."""
        return self.folder / "settings.yaml"

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"


@dataclass(frozen=True, kw_only=True)
class Controller:
    program: Program
    """What it is built from. Its first program is the one that runs."""
    namespace: str
    prefix: str
    """What its published manifests leave out of names and an installation puts before them: `kueue-`."""
    definitions: str
    """Folder with its custom resource definitions. Paths are those of its Go module."""
    converted: frozenset[str] = frozenset()
    """Names of the definitions that its webhook converts between versions."""
    webhooks: str = ""
    """File with its webhook configurations."""
    roles: tuple[str, ...] = ()
    """Files with its service account, roles and bindings: it gets no right beyond them."""
    service_account: str = "controller-manager"
    """Without the prefix."""
    secret: str = ""
    """Name of the Secret that it writes its certificate into, prefix included."""
    group: str
    """API group of its own objects. Webhooks of other groups' objects are asked in opted-in namespaces alone."""
    opt_in: Mapping[str, str]
    """Labels of the namespaces whose workloads it manages."""
    settings: Callable[[Place], Mapping[str, Any]]
    """Its configuration file."""
    arguments: Callable[[Place], tuple[str, ...]]
    canary: Object
    """An object of its own that it takes as soon as it serves. It is never stored."""

    @property
    def name(self) -> str:
        return self.program.names[0]

    @property
    def service(self) -> str:
        """Name of the Service of its webhooks."""
        return f"{self.prefix}webhook-service"

    def documents(self, path: str) -> Iterator[Object]:
        """The manifests of a file, or of the files of a folder. The controller must be built."""
        place = built.data(self.program) / path
        for file in sorted(place.glob("*.yaml")) if place.is_dir() else (place,):
            yield from (document for document in yaml.safe_load_all(file.read_text(encoding="utf-8")) if document)
