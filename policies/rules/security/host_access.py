"""Pods stay out of their node, but for those of namespaces that exist for that."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from policies import charts
from policies.accessor import FLAG, LIST, MAPPING, TEXT, Path, unknown, written
from policies.namespaces import DRIVERS
from policies.pods import OBJECTS, fields
from policies.rule import Accepted, Config, Rule, Setting, Violation
from policies.standards import checkov, cis_oke, nsa
from policies.subject import Resource

FLAGS = frozenset({"privileged", "hostNetwork", "hostPID", "hostIPC", "hostProcess", "allowPrivilegeEscalation"})
FILES = frozenset({"hostPath", "local"})
"""Sources of volumes that are the node's own files."""

PORTS = frozenset({"hostPort"})
LOOSE = MappingProxyType({"procMount": "Unmasked", "type": "Unconfined"})
"""Fields that take a pod's confinement away, and by which value."""
SAFE_SYSCTLS = frozenset({
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_wmem",
})  # fmt: skip
"""Settings of the kernel that are a pod's own. Kubernetes, "Pod Security Standards", 1.34."""
PROFILES = ("appArmorProfile", "seccompProfile")
HARMLESS = frozenset({
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP",
    "SETUID", "SYS_CHROOT",
})  # fmt: skip
"""Capabilities that the baseline Pod Security Standard lets a container add. Kubernetes, "Pod Security Standards", 1.34."""


def check(resource: Resource, config: Config) -> Iterator[Violation]:
    found = [(path, value) for path, value in fields(resource) if reaches_host(path, value, anywhere=resource.type in charts.TYPES)]
    if not found:
        return
    in_values = resource.type in charts.TYPES
    namespace = "" if in_values else resource.read.optional(TEXT, "metadata", "namespace") or "default"
    for path, value in found:
        reach = _reach(resource, path, value)
        if reach and namespace not in config.texts("namespaces"):
            yield Violation(f"{reach}, so the pod can take over its node: take it out, or move the pod to a namespace for drivers")


def _reach(resource: Resource, path: Path, value: Any) -> str | None:
    """What a field that reaches the node does, None where it does nothing. Raises Unreadable."""
    key, place = path[-1], written(path)
    if key in FILES:
        if unknown(value):
            resource.read.judge(MAPPING, path, value)
        return f"{place} mounts the node's own files" if isinstance(value, str | Mapping) and value else None
    if key == "name":
        setting = resource.read.judge(TEXT, path, value)
        return None if setting in SAFE_SYSCTLS else f"{place} is {setting}, a setting of the node's kernel"
    if key in PORTS:
        return f"{place} is {value}" if value not in (None, 0) else None
    if key in LOOSE:
        return f"{place} is {value}" if resource.read.judge(TEXT, path, value) == LOOSE[str(key)] else None
    if key == "add":
        added: Sequence[Any] = resource.read.judge(LIST, path, value)
        names = [resource.read.judge(TEXT, (*path, at), name) for at, name in enumerate(added)]
        more = sorted(name for name in names if name.upper().removeprefix("CAP_") not in HARMLESS)
        return f"{place} has {', '.join(more)}" if more else None
    return f"{place} is true" if resource.read.judge(FLAG, path, value) else None


def reaches_host(path: Path, value: Any, *, anywhere: bool = False) -> bool:
    """A field of a pod that opens its node, wherever the pod's template is; in a chart's values a field is a pod's `anywhere`."""
    key = path[-1]
    if key in FILES:
        return key == "hostPath" or unknown(value) or (isinstance(value, Mapping) and "path" in value)
    if key == "add":
        return "capabilities" in path
    if key == "name":
        return "sysctls" in path[-3:]
    if key in PORTS or key == "procMount":
        return not anywhere
    if key == "type":
        return len(path) > 1 and path[-2] in PROFILES
    return key in FLAGS and (anywhere or "spec" in path or "securityContext" in path)


RULE = Rule(
    name="host-access",
    title="Pods stay out of their node",
    topic="security",
    severity="critical",
    applies=OBJECTS,
    why="A privileged pod, or one with the node's network, processes or files, is root on a machine that others' jobs run on.",
    fix="Ask for the one capability that is needed, or use the device plugin: GPU pods need no privilege.",
    standards=(
        cis_oke("4.2.1"),
        cis_oke("4.2.2"),
        cis_oke("4.2.3"),
        cis_oke("4.2.4"),
        cis_oke("4.2.5"),
        checkov("CKV_K8S_16"),
        checkov("CKV_K8S_17"),
        checkov("CKV_K8S_18"),
        checkov("CKV_K8S_19"),
        checkov("CKV_K8S_20"),
        checkov("CKV_K8S_25"),
        checkov("CKV_K8S_39"),
        nsa("Kubernetes Pod security"),
    ),
    settings=(
        Setting(
            name="namespaces",
            kind="texts",
            meaning="Namespaces whose pods may: those of drivers and node exporters.",
            stricter="fewer",
            default=DRIVERS,
        ),
    ),
    accepts=(
        Accepted(
            path="*", trouble=("missing",), because="Kubernetes opens nothing that is not asked for; without a namespace it is default"
        ),
    ),
    check=check,
)
