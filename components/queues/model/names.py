"""How Kubernetes lets things be called. kubernetes/apimachinery v0.34.2, pkg/util/validation, 2026-11."""

import re

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")

SUBDOMAIN = "a name of lower-case letters, digits, dashes and dots, at most 253 characters, with a letter or digit at each end"
QUALIFIED = "a name like nvidia.com/gpu or cpu: letters, digits, dash, dot and underscore, at most 63 characters after the domain"
LABEL_VALUE = "a label's value: letters, digits, dash, dot and underscore, at most 63 characters"


def is_subdomain(name: str) -> bool:
    return len(name) <= 253 and _SUBDOMAIN.fullmatch(name) is not None


def is_qualified(name: str) -> bool:
    """Of labels, taints and resources."""
    domain, slash, rest = name.rpartition("/")
    return _QUALIFIED.fullmatch(rest) is not None and (not slash or is_subdomain(domain))


def is_label_value(value: str) -> bool:
    return not value or _QUALIFIED.fullmatch(value) is not None
