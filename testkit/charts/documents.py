"""YAML as Kubernetes reads it, which is not quite as PyYAML does."""

from typing import Any

import yaml

try:
    from yaml import CSafeLoader as Safe
except ImportError:  # pragma: no cover - PyYAML built without libyaml
    from yaml import SafeLoader as Safe  # type: ignore[assignment]


class Loader(Safe):
    """Takes `=`, which YAML 1.1 gives a meaning that nobody uses, as the text it is: an operator in Prometheus' definitions."""


def _text(loader: Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


Loader.add_constructor("tag:yaml.org,2002:value", _text)


def documents(text: str) -> list[dict[str, Any]]:
    """The mappings among the documents of a file, in their order."""
    return [found for found in yaml.load_all(text, Loader=Loader) if isinstance(found, dict)]
