"""Every regular expression of the program, how it is used, and text that is hard for it.

``inventory`` finds the patterns in the source, so that none can be forgotten. ``attacks`` derives hard text
from a pattern's own parse tree: whatever may be repeated is repeated, after the shortest text that leads to
it, and then the match is broken.
"""

import ast
import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from exporter.backends.pdf import style
from exporter.readers.kcna import agency

PACKAGE = Path(__file__).parents[1] / "exporter"
FUNCTIONS = frozenset(
    ("compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn")
)
ANCHORED = frozenset(("match", "fullmatch"))
MADE_AT_RUN_TIME: dict[str, Callable[[], Iterable[str]]] = {
    "backends.markdown._inlines: f'{re.escape(sign)}+'": lambda: ["`+"],
    "backends.pdf.pagerules: f'{old}\\\\b'": lambda: [r":first\b", r":left\b"],
    "backends.pdf.style: pattern": lambda: [pattern for pattern, _ in style._IN_WORDS],
    "readers.markdown._frontmatter: f'([^\\\\W\\\\d_][\\\\w-]*)\\\\s*{mark}\\\\s*(.*)'": lambda: [
        rf"([^\W\d_][\w-]*)\s*{mark}\s*(.*)" for mark in ":="
    ],
    "readers.kcna.agency: form.sign": lambda: [form.sign for form, _ in agency._forms()],
    "readers.kcna.agency: pattern": lambda: [
        pattern for form, _ in agency._forms() for pattern in form.before
    ],
}
"""Patterns that the source alone does not tell, those of data files among them: what they are."""


class Pattern(NamedTuple):
    """A regular expression, its place, and the methods it is called by."""

    place: str
    regex: re.Pattern[Any]
    methods: frozenset[str]

    def run(self, text: str) -> None:
        """Apply the pattern to ``text`` in every way in which the program applies it."""
        subject = text.encode("utf-8", "replace") if isinstance(self.regex.pattern, bytes) else text
        for method in self.methods & ANCHORED:
            getattr(self.regex, method)(subject)
        if not self.methods <= ANCHORED:
            for _ in self.regex.finditer(subject):
                pass


def inventory() -> list[Pattern]:
    """All patterns of the package and of its data, in order of their place."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
    elsewhere = _uses_elsewhere(trees.values())
    matches: dict[tuple[str, str, int], Pattern] = {}
    for path, tree in trees.items():
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        for label, value, methods in _of_module(tree, module, elsewhere):
            for regex in value:
                known = matches.get((label, regex.pattern, regex.flags))
                methods |= known.methods if known else frozenset()
                matches[label, regex.pattern, regex.flags] = Pattern(label, regex, methods)
    return list(matches.values())


def _of_module(
    tree: ast.AST, module: str, elsewhere: dict[str, set[str]]
) -> Iterator[tuple[str, list[re.Pattern[Any]], frozenset[str]]]:
    used = _uses(tree)
    names = {id(n.value): n.targets[0] for n in ast.walk(tree) if isinstance(n, ast.Assign)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "re":
            raise AssertionError(f"{module}: import re itself, or its patterns are not found")
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id == "Meta":
            yield from (
                (
                    f"{module}: {ast.unparse(k.value)}",
                    [re.compile(ast.literal_eval(k.value))],
                    frozenset(("search",)),
                )
                for k in node.keywords
                if k.arg == "pattern"
            )
            continue
        if not _is_of_re(node.func):
            continue
        method, name = node.func.attr, names.get(id(node))  # type: ignore[attr-defined]
        named = method == "compile" and isinstance(name, ast.Name)
        label = name.id if named else ast.unparse(node.args[0])  # type: ignore[union-attr]
        methods = frozenset((method,))
        if method == "compile":
            methods = frozenset(used.get(label, set()) | elsewhere.get(label, set())) or frozenset(
                ("search",)
            )
        place = f"{module}: {label}"
        if not named and place in MADE_AT_RUN_TIME:
            yield place, [re.compile(one) for one in MADE_AT_RUN_TIME[place]()], methods
            continue
        scope = vars(importlib.import_module(f"exporter.{module}"))
        at = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(method, 2)
        flags = [k.value for k in node.keywords if k.arg == "flags"] + node.args[at : at + 1]
        try:
            value = _evaluated(node.args[0], scope)
        except NameError as error:
            raise AssertionError(f"{place}: say in MADE_AT_RUN_TIME what it is") from error
        if not isinstance(value, re.Pattern):
            yield place, [re.compile(value, _evaluated(flags[0], scope) if flags else 0)], methods


def _is_of_re(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "re"
        and node.attr in FUNCTIONS
    )


def _evaluated(node: ast.expr, scope: dict[str, Any]) -> Any:
    return eval(compile(ast.Expression(node), "", "eval"), scope)


def _uses(tree: ast.AST) -> dict[str, set[str]]:
    """Methods that each name is called by; a name that is handed on counts as searched with."""
    used: dict[str, set[str]] = {}
    owners = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in FUNCTIONS and isinstance(node.value, ast.Name):
            owners.add(id(node.value))
            used.setdefault(node.value.id, set()).add(node.attr)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in owners:
            used.setdefault(node.id, set()).add("search")
    return used


def _uses_elsewhere(trees: Iterable[ast.AST]) -> dict[str, set[str]]:
    """The same of names that other modules call by way of their module."""
    used: dict[str, set[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Attribute)
                and node.attr in FUNCTIONS
            ):
                used.setdefault(node.value.attr, set()).add(node.attr)
    return used


# -- hard text ------------------------------------------------------------------------------------

Attack = tuple[str, str, str]
"""What opens the text, what is repeated, and what ends it."""
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
_BREAKERS = ("", "\x00", "\n\n!")
_COMMON = " \n\ta0A_-.é가<>\"'/&,:|[(){}%\x00"
_MANY = 8


def attacks(pattern: re.Pattern[Any]) -> Iterator[Attack]:
    """Hard text for ``pattern``, each once."""
    tree = _parser.parse(pattern.pattern, pattern.flags)
    sampler = _Sampler(tree, pattern.flags)
    seen = set()
    for prefix, pump in sampler.visit(list(tree), ""):
        for attack in (
            *((prefix, pump, end) for end in _BREAKERS),
            ("", prefix + pump, ""),
            ("", pump + prefix, "\n"),
        ):
            if attack[1] and attack not in seen:
                seen.add(attack)
                yield attack


def text(attack: Attack, size: int) -> str:
    """The attack in the given number of characters, or a few less."""
    start, pump, end = attack
    return start + pump * max(1, (size - len(start) - len(end)) // len(pump)) + end


class _Sampler:
    def __init__(self, tree: Any, flags: int) -> None:
        self._tree, self._flags = tree, flags
        literals = dict.fromkeys(self._literals(list(tree)))
        self._alphabet = list(dict.fromkeys([*literals, *_COMMON]))
        self._groups: dict[int, Any] = {}

    def _literals(self, items: Any) -> Iterator[str]:
        for op, value in items:
            if op in (_constants.LITERAL, _constants.NOT_LITERAL):
                yield chr(value)
            elif op is _constants.IN:
                for kind, what in value:
                    if kind is _constants.LITERAL:
                        yield chr(what)
                    elif kind is _constants.RANGE:
                        yield chr(what[0])
            else:
                for inner in self._inner(op, value):
                    yield from self._literals(inner)

    def _inner(self, op: Any, value: Any) -> list[list[Any]]:
        if op in _REPEATS:
            return [list(value[2])]
        if op is _constants.SUBPATTERN:
            return [list(value[3])]
        if op is _constants.BRANCH:
            return [list(branch) for branch in value[1]]
        if op in (_constants.ASSERT, _constants.ASSERT_NOT):
            return [list(value[1])]
        if op is _constants.ATOMIC_GROUP:
            return [list(value)]
        if op is _constants.GROUPREF_EXISTS:
            return [list(branch) for branch in value[1:] if branch]
        return []

    def _characters(self, item: Any) -> list[str]:
        """Characters that ``item`` matches, of those the pattern speaks of and some common ones."""
        part = _parser.SubPattern(self._tree.state, [item])
        one = _compiler.compile(part, self._flags & ~re.DEBUG)
        output = []
        for character in self._alphabet:
            subject = (
                character.encode("latin-1", "replace")
                if isinstance(self._tree.state.str, bytes)
                else character
            )
            if one.fullmatch(subject):
                output.append(character)
        return output or ["?"]

    def samples(self, items: Any, count: int = 1) -> list[str]:
        """Up to ``count`` short texts that ``items`` match."""
        output = [""]
        for op, value in items:
            options = self._options(op, value, count)
            output = [a + b for a in output for b in options][: max(1, count)]
        return output

    def _options(self, op: Any, value: Any, count: int) -> list[str]:
        if op is _constants.LITERAL:
            return [chr(value)]
        if op in (_constants.NOT_LITERAL, _constants.IN, _constants.ANY):
            return self._characters((op, value))[:count]
        if op in _REPEATS:
            low = value[0]
            options = [sample * low for sample in self.samples(list(value[2]), count)]
            return options[:count]
        if op is _constants.SUBPATTERN:
            output = self.samples(list(value[3]), count)
            if value[0] is not None:
                self._groups[value[0]] = output[0]
            return output
        if op is _constants.BRANCH:
            output = [sample for branch in value[1] for sample in self.samples(list(branch), count)]
            return list(dict.fromkeys(output))[:count]
        if op is _constants.ATOMIC_GROUP:
            return self.samples(list(value), count)
        if op is _constants.ASSERT and value[0] > 0:
            return self.samples(list(value[1]), 1)[:1] and [""]
        if op is _constants.GROUPREF:
            return [self._groups.get(value, "")]
        return [""]

    def visit(self, items: list[Any], prefix: str) -> Iterator[tuple[str, str]]:
        """Each repeatable part of ``items``: the text that leads to it, and what may be repeated."""
        for op, value in items:
            if op in _REPEATS and value[1] > _MANY:
                for pump in self.samples(list(value[2]), 10):
                    yield prefix, pump
                yield from self.visit(list(value[2]), prefix)
            else:
                for inner in self._inner(op, value):
                    if op is _constants.ASSERT and value[0] < 0:
                        continue
                    yield from self.visit(inner, prefix)
            output = self._options(op, value, 1)
            addition = output[0] if output else ""
            if op in _REPEATS and value[0] == 0 and value[1] > 0:
                more = self.samples(list(value[2]), 1)[0]
                yield prefix + more, ""
                yield "", prefix + more
            prefix += addition
            yield "", prefix
