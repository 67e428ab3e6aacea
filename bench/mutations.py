"""The places of a module that ``mutants.py`` changes: comparisons, conditions, constants, sums,
loops, statements that call or raise, blocks under ``with``, and what functions answer.
"""

from __future__ import annotations

import ast
import copy
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SWAPS: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


class Mutant(NamedTuple):
    """One change: bytes ``start`` to ``end`` of ``file`` become ``text``."""

    file: str
    function: str
    text: str
    start: int
    end: int
    lines: range
    key: str


def _variants(node: ast.AST, returns: str) -> Iterator[tuple[ast.AST, str]]:
    def but(**fields: Any) -> str:
        new = copy.copy(node)
        vars(new).update(fields)
        return f"({ast.unparse(new)})"

    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                yield node, but(ops=[*ops[:at], SWAPS[type(op)](), *ops[at + 1 :]])
        case ast.BoolOp(values=values):
            for at in range(len(values)):
                rest = [*values[:at], *values[at + 1 :]]
                yield node, but(values=rest) if len(rest) > 1 else f"({ast.unparse(rest[0])})"
        case ast.If(test=test) | ast.IfExp(test=test) if not isinstance(test, ast.Compare):
            yield from ((test, text) for text in ("True", "False"))
        case ast.comprehension(ifs=tests):
            yield from ((test, "True") for test in tests)
        case ast.For():
            yield node.iter, "()"
        case ast.Constant(value=bool() as value):
            yield node, str(not value)
        case ast.Constant(value=int() as value):
            yield node, str(value + 1)
        case ast.Constant(value=float() as value):
            yield from ((node, text) for text in (str(value * 1.5 or 1.0), str(value / 2 or 0.5)))
        case ast.BinOp() if type(node.op) in SWAPS and not re.search("['\"]", ast.unparse(node)):
            yield node, but(op=SWAPS[type(node.op)]())
        case ast.AugAssign() if type(node.op) in SWAPS:
            yield node, but(op=SWAPS[type(node.op)]())[1:-1]
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.Continue() | ast.Break():
            yield node, "pass"
        case ast.With(items=items):
            nothing = "__import__('contextlib').nullcontext()"
            yield from ((one.context_expr, nothing) for one in items if not one.optional_vars)
        case ast.Return(value=ast.expr() as value) if returns == "bool":
            if not isinstance(value, ast.Constant):
                yield from ((value, text) for text in ("True", "False"))


def mutants(module: str, only: str = "") -> list[Mutant]:
    """Return the mutants of a module, in functions that match ``only``."""
    file, seen = f"{module}.py", Counter[str]()
    source = (ROOT / "anonymize" / file).read_bytes()
    lines = source.splitlines(keepends=True)
    starts = [sum(map(len, lines[:at])) for at in range(len(lines) + 1)]

    def visit(node: ast.AST, inside: str, returns: str, span: range) -> Iterator[Mutant]:
        if isinstance(node, ast.JoinedStr):
            return  # its parts have no exact place
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            inside = f"{inside}.{node.name}".lstrip(".")
            answer = getattr(node, "returns", None)
            returns = ast.unparse(answer) if answer else ""
            for one in node.decorator_list:
                if re.search("core|nothing", ast.unparse(one)):
                    yield made(one, "(lambda same: same)", inside, range(0))
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else node.end_lineno or 0
            span = range(node.lineno, max(node.lineno, last) + 1)
        for part, text in _variants(node, returns):
            yield made(part, text, inside, span)
        for name, value in ast.iter_fields(node):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and name not in ("annotation", "returns"):
                    yield from visit(child, inside, returns, span)

    def made(part: Any, text: str, inside: str, span: range) -> Mutant:
        start = starts[part.lineno - 1] + part.col_offset
        end = starts[part.end_lineno - 1] + part.end_col_offset
        change = f"{file}\t{inside}\t{' '.join(source[start:end].decode().split())} -> {text}"
        seen[change] += 1
        return Mutant(file, inside, text, start, end, span, f"{change}\t{seen[change]}")

    every = list(visit(ast.parse(source), "", "", range(0)))
    return [one for one in every if re.search(only, one.function)]


def _signature(code: CodeType) -> tuple[object, ...]:
    consts = [_signature(c) if isinstance(c, CodeType) else (type(c), c) for c in code.co_consts]
    return code.co_code, code.co_names, tuple(map(repr, consts))


def _functions(code: CodeType) -> dict[tuple[str, int], CodeType]:
    """Return the code of the functions and methods of a module, by name and how often it was there
    before.
    """
    found, seen = dict[tuple[str, int], CodeType](), Counter[str]()
    for inner in (one for one in code.co_consts if isinstance(one, CodeType)):
        is_function = inner.co_flags & inspect.CO_NEWLOCALS  # else the body of a class
        for one in [inner] if is_function else _functions(inner).values():
            found[one.co_qualname, seen[one.co_qualname]] = one
            seen[one.co_qualname] += 1
    return found


def changed_code(path: Path, source: bytes, changed: bytes) -> dict[tuple[str, int], CodeType]:
    """Return the name, the old code's first line and the new code of each function that differs;
    empty where it must be imported again.
    """
    old, new = (_functions(compile(text, path, "exec")) for text in (source, changed))
    changes = [
        (code, new[key]) for key, code in old.items() if _signature(code) != _signature(new[key])
    ]
    if any(one.co_freevars != other.co_freevars for one, other in changes):
        return {}  # a function cannot take such code
    return {(one.co_qualname, one.co_firstlineno): other for one, other in changes}
