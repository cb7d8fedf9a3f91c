"""Reads PromQL for what no parser knows: whether its metrics exist, and whether they have the labels it selects and groups by."""

import re
from collections.abc import Iterable, Mapping
from functools import singledispatchmethod
from typing import Any

import promql_parser as ast

MACROS = {"$__rate_interval": "5m", "$__range_s": "3600", "$__range": "1h", "$__interval": "1m"}
"""Grafana's, which are not PromQL, and what may stand for each. One that another begins with comes after it."""

Labels = frozenset[str]


class PromqlError(ValueError):
    """An expression reads what is not there."""


def labels_of(expression: str, known: Mapping[str, Labels]) -> Labels:
    """Labels that the expression's series have, of metrics whose labels are `known`. Raises PromqlError."""
    text = re.sub("|".join(map(re.escape, MACROS)), lambda macro: MACROS[macro[0]], expression)
    try:
        parsed = ast.parse(text)
    except ValueError as error:
        raise PromqlError(f"{expression}: {error}") from None
    return _Reader(known).read(parsed)


class _Reader:
    def __init__(self, known: Mapping[str, Labels]) -> None:
        self._known = known

    @singledispatchmethod
    def read(self, node: Any) -> Labels:
        raise PromqlError(f"{type(node).__name__} is not understood here; teach testkit/promql.py what its labels are")

    @read.register(ast.NumberLiteral)
    @read.register(ast.StringLiteral)
    def _(self, node: Any) -> Labels:
        return frozenset()

    @read.register(ast.ParenExpr)
    @read.register(ast.UnaryExpr)
    @read.register(ast.SubqueryExpr)
    def _(self, node: Any) -> Labels:
        return self.read(node.expr)

    @read.register
    def _(self, node: ast.MatrixSelector) -> Labels:
        return self.read(node.vector_selector)

    @read.register
    def _(self, node: ast.VectorSelector) -> Labels:
        name = node.name or "a selector without a name"
        if name not in self._known:
            raise PromqlError(f"{name}: no such metric; every one that is read is in the `signals.py` of an add-on")
        known = self._known[name]
        _within(name, (matcher.name for matcher in node.matchers.matchers), known)
        return known

    @read.register
    def _(self, node: ast.AggregateExpr) -> Labels:
        inner = self.read(node.expr)
        if node.modifier is None:
            return frozenset() if str(node.op) not in ("topk", "bottomk") else inner
        _within(f"{node}", node.modifier.labels, inner)
        named = frozenset(node.modifier.labels)
        return named if node.modifier.type == ast.AggModifierType.By else inner - named

    @read.register
    def _(self, node: ast.Call) -> Labels:
        inner = frozenset[str]().union(*(self.read(argument) for argument in node.args))
        match node.func.name:
            case "label_replace":
                target, source = (node.args[index].val for index in (1, 3))
                _within(f"{node}", [source], inner)
                return inner | {target}
            case "histogram_quantile":
                _within(f"{node}", ["le"], inner)
                return inner - {"le"}
            case _:
                return inner

    @read.register
    def _(self, node: ast.BinaryExpr) -> Labels:
        left, right = self.read(node.lhs), self.read(node.rhs)
        operator, modifier = str(node.op), node.modifier
        matching = modifier.matching if modifier is not None else None
        if matching is not None and matching.type == ast.LabelModifierType.Include:
            _within(f"{node}", matching.labels, left)
            _within(f"{node}", matching.labels, right)
        elif left != right and left and right and operator != "or":
            raise PromqlError(f"{node}: one side has {sorted(left)}, the other {sorted(right)}; say `on (...)` what to match")
        if operator in ("and", "unless"):
            return left
        if operator == "or":
            return left | right
        if modifier is not None and modifier.group_labels:
            _within(f"{node}", modifier.group_labels, right)
            return left | frozenset(modifier.group_labels)
        if modifier is not None and matching is not None and modifier.card == ast.VectorMatchCardinality.OneToOne:
            return frozenset(matching.labels)
        return left or right


def _within(what: str, labels: Iterable[str], known: Labels) -> None:
    missing = sorted(set(labels) - known)
    if missing:
        raise PromqlError(f"{what}: has no label {' or '.join(missing)}; it has {', '.join(sorted(known)) or 'none'}")
