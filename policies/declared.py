"""What a stack file says of itself that limits are made from, read from plain data: the engine hands it to the pack."""

import json
from collections.abc import Mapping
from typing import Any

from infra.catalogue.regions import REGIONS
from infra.project import PROJECT
from policies.replacements import acknowledgements
from policies.rule import ENVIRONMENTS, Declared

MOST_DOMAINS = 3


def declared(config: Mapping[str, str]) -> Declared:
    """What the configuration of a stack declares, keys as the engine has them (`oke-gpu-platform:spend`), sections as JSON.

    What is left out, or cannot be read, is taken at its strictest: no money, no GPUs, production.
    """
    spend, cluster = _section(config, "spend"), _section(config, "cluster")
    environment = config.get(f"{PROJECT}:environment", "dev")
    region = REGIONS.get(str(cluster.get("region")))
    layers = _json(config.get(f"{PROJECT}:layers", '["cluster"]'))
    usd: Any = spend.get("monthlyUsd")
    gpus = spend.get("gpus")
    return Declared(
        environment=next((known for known in ENVIRONMENTS if known == environment), "prod"),
        monthly_usd=usd if _count(usd) else 0,
        gpus={model: count for model, count in gpus.items() if _count(count)} if isinstance(gpus, Mapping) else {},
        availability_domains=region.availability_domains if region else MOST_DOMAINS,
        guardrails=not isinstance(layers, list) or "guardrails" in layers,
        quota=_section(config, "guardrails").get("quota") is not False,
        acknowledged=tuple(map(str, acknowledgements(_json(config.get(f"{PROJECT}:acknowledge", "[]"))))),
        tags=tuple(sorted(_section(config, "tags"))),
        statements=_allowed(config, "statements", "statement"),
        kinds=_allowed(config, "kinds", "kind"),
    )


def _allowed(config: Mapping[str, str], listed: str, key: str) -> tuple[str, ...]:
    """What the section `policies` allows beside the rules. An entry that gives no reason allows nothing."""
    entries = _section(config, "policies").get(listed)
    found = [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []
    return tuple(text for entry in found if isinstance(text := entry.get(key), str) and text and str(entry.get("reason") or "").strip())


def _section(config: Mapping[str, str], name: str) -> Mapping[str, Any]:
    value = _json(config.get(f"{PROJECT}:{name}", "{}"))
    return value if isinstance(value, Mapping) else {}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _count(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
