"""What a stack file says of itself that limits are made from, read from plain data: the engine hands it to the pack."""

import json
from collections.abc import Mapping
from typing import Any

from infra.catalogue import own
from infra.internet import WEB, is_cluster_port
from infra.pricing import monthly_cap
from infra.project import PROJECT
from policies.replacements import acknowledgements
from policies.rule import ENVIRONMENTS, Declared

MOST_DOMAINS = 3
EXISTING = "existing"
"""Backend of a cluster that is not made here."""


def declared(config: Mapping[str, str]) -> Declared:
    """What the configuration of a stack declares, keys as the engine has them (`oke-gpu-platform:spend`), sections as JSON.

    What is left out, or cannot be read, is taken at its strictest: no money, no GPUs, production.
    """
    spend, cluster = _section(config, "spend"), _section(config, "cluster")
    environment = config.get(f"{PROJECT}:environment")
    region = own.read(_section(config, "catalogue")).regions.get(str(cluster.get("region")))
    layers = _json(config.get(f"{PROJECT}:layers", '["cluster"]'))
    money = {key: spend[key] for key in ("monthlyUsd", "hourlyUsd") if key in spend}
    usd = monthly_cap(money.get("monthlyUsd"), money.get("hourlyUsd")) if all(map(_count, money.values())) else None
    gpus = spend.get("gpus")
    capped = {model: count for model, count in gpus.items() if _count(count)} if isinstance(gpus, Mapping) else {}
    return Declared(
        environment=next((known for known in ENVIRONMENTS if known == environment), "prod"),
        monthly_usd=usd or 0,
        gpus=capped,
        gpus_in_all=_gpus(cluster, capped) * _slices(config),
        oke=cluster.get("backend") != EXISTING,
        availability_domains=region.availability_domains if region else MOST_DOMAINS,
        guardrails=not isinstance(layers, list) or "guardrails" in layers,
        quota=_section(config, "guardrails").get("quota") is not False,
        acknowledged=tuple(map(str, acknowledgements(_json(config.get(f"{PROJECT}:acknowledge", "[]"))))),
        shapes=_mapping(_section(config, "catalogue").get("shapes")),
        tags=tuple(sorted({**_section(config, "tags"), **_section(config, "definedTags")})),
        listeners=_listeners(cluster.get("network")),
        administrators=_administrators(_section(config, "addons").get("personas")),
        statements=_allowed(config, "statements", "statement"),
        kinds=_allowed(config, "kinds", "kind"),
    )


def _listeners(network: Any) -> tuple[int, ...]:
    """Ports of public load balancers. A port of nodes is none that a stack file could open to everybody."""
    balancers = network.get("loadBalancers") if isinstance(network, Mapping) else None
    if not isinstance(balancers, Mapping) or balancers.get("public") is not True:
        return WEB
    ports = balancers.get("ports")
    asked = [port for port in ports if type(port) is int and not is_cluster_port(port)] if isinstance(ports, list) else WEB
    return tuple(dict.fromkeys(asked))


def _gpus(cluster: Mapping[str, Any], capped: Mapping[str, Any]) -> int:
    """What the caps come to; of a cluster that exists, what its pools are said to have."""
    if cluster.get("backend") != EXISTING:
        return int(sum(capped.values()))
    pools = cluster.get("nodePools")
    found = [pool for pool in pools.values() if isinstance(pool, Mapping)] if isinstance(pools, Mapping) else []
    counts = [(pool.get("nodes", 1), pool.get("gpusPerNode", 0)) for pool in found]
    return int(sum(nodes * each for nodes, each in counts if _count(nodes) and _count(each)))


def _slices(config: Mapping[str, str]) -> int:
    """Slices of one GPU at most."""
    operator = _section(config, "addons").get("gpuOperator")
    sharing = operator.get("sharing") if isinstance(operator, Mapping) else None
    ways = [way.get("replicas") for way in sharing.values() if isinstance(way, Mapping)] if isinstance(sharing, Mapping) else []
    return max((int(count or 0) for count in ways if _count(count)), default=1)


def _administrators(personas: Any) -> tuple[str, ...]:
    """The group of administrators, and that of who breaks the glass."""
    given = personas if isinstance(personas, Mapping) else {}
    glass = given.get("breakGlass")
    groups = (given.get("admins"), glass.get("group") if isinstance(glass, Mapping) else None)
    return tuple(group for group in groups if isinstance(group, str) and group)


def _allowed(config: Mapping[str, str], listed: str, key: str) -> tuple[str, ...]:
    """What the section `policies` allows beside the rules. An entry that gives no reason allows nothing."""
    entries = _section(config, "policies").get(listed)
    found = [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []
    return tuple(text for entry in found if isinstance(text := entry.get(key), str) and text and str(entry.get("reason") or "").strip())


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _section(config: Mapping[str, str], name: str) -> Mapping[str, Any]:
    return _mapping(_json(config.get(f"{PROJECT}:{name}", "{}")))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _count(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
