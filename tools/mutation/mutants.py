"""Every small mistake that could have been made in a module: a comparison flipped or off by one, a condition turned round."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

_FLIPPED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    line: int
    change: str
    """What was there, and what is there now."""
    source: str
    """The whole module, changed."""


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    tree = ast.parse(source)
    words = {id(inner) for outer in _words(tree) for inner in ast.walk(outer)}
    judged = [node for node in ast.walk(tree) if isinstance(node, ast.expr) and id(node) not in words]
    for node in sorted(judged, key=lambda node: (node.lineno, node.col_offset)):
        for changed, what in _changes(node):
            yield Mutant(node.lineno, what, _with(tree, node, changed))


def _changes(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    match node:
        case ast.Compare():
            for place, sign in enumerate(node.ops):
                for other in _FLIPPED[type(sign)]:
                    changed = copy.copy(node)
                    changed.ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                    yield changed, f"{_SIGNS[type(sign)]} becomes {_SIGNS[other]}"
        case ast.BoolOp():
            other_op: ast.boolop = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            names = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            yield ast.copy_location(ast.BoolOp(op=other_op, values=node.values), node), f"{names[0]} becomes {names[1]}"
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand, "not is taken away"
        case ast.Constant(value=bool() as value):
            yield ast.copy_location(ast.Constant(not value), node), f"{value} becomes {not value}"
        case ast.Constant(value=int() | float() as number):
            for changed_number in (number + 1, number - 1):
                yield ast.copy_location(ast.Constant(changed_number), node), f"{number} becomes {changed_number}"
        case _:
            return


def _with(tree: ast.Module, old: ast.AST, new: ast.AST) -> str:
    class Swap(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return new if node is old else self.generic_visit(node)

    kept = _fields(tree)
    changed = ast.unparse(ast.fix_missing_locations(Swap().visit(tree)))
    _restore(kept)
    return changed


def _fields(tree: ast.Module) -> list[tuple[ast.AST, dict[str, object]]]:
    """Every node's fields: a transformer changes the tree in place, and the next mutant starts from the original."""
    return [
        (node, {name: list(value) if isinstance(value, list) else value for name, value in ast.iter_fields(node)})
        for node in ast.walk(tree)
    ]


def _restore(kept: list[tuple[ast.AST, dict[str, object]]]) -> None:
    for node, fields in kept:
        for name, value in fields.items():
            setattr(node, name, value)


def _words(tree: ast.Module) -> Iterator[ast.AST]:
    """What decides nothing: formats of numbers in messages, types, arguments of decorators."""
    for node in ast.walk(tree):
        match node:
            case ast.FormattedValue(format_spec=ast.JoinedStr() as spec):
                yield spec
            case ast.ClassDef():
                yield from node.decorator_list
            case ast.arg(annotation=ast.expr() as annotation) | ast.AnnAssign(annotation=annotation):
                yield annotation
            case ast.FunctionDef(returns=ast.expr() as returns):
                yield returns
