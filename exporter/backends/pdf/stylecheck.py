"""A style's own CSS, read before the engine reads it: invalid CSS is reported with its line and left out.

What the program adds stands after it (fonts, paper), so a brace or quotation mark that is
never closed would swallow that, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import cssselect2
import tinycss2


class Checked(NamedTuple):
    """The CSS that can be used, line for line as it was, and what is wrong with the rest."""

    css: str
    problems: tuple[str, ...]


_END = "\nend-of-style {}"


@lru_cache(maxsize=8)
def check(css: str) -> Checked:
    """The style section as it is where nothing is wrong, else its rules that can be read."""
    problems = list(_errors(tinycss2.parse_component_value_list(css)))
    written = ""
    for rule in tinycss2.parse_stylesheet(css):
        if _is_sound(rule, problems):
            lines = "\n" * (rule.source_line - 1 - written.count("\n"))
            written += lines + tinycss2.serialize([rule])
    last = tinycss2.parse_stylesheet(css + _END)[-1]
    is_closed = last.type == "qualified-rule" and tinycss2.serialize([last]) == _END.strip()
    if not is_closed and last.source_line not in dict(problems):
        problems.append((last.source_line, "what is opened is never closed"))
    problem_lines = [f"{what}, in line {line}" for line, what in sorted(set(problems))]
    return Checked(written if problem_lines else css, tuple(problem_lines))


def _is_sound(rule: Any, problems: list[tuple[int, str]]) -> bool:
    """Whether the rule can stay, without those of its declarations that cannot."""
    if rule.type == "error":
        problems.append((rule.source_line, _plain(rule)))
        return False
    if rule.type != "qualified-rule":
        return True
    try:
        cssselect2.compile_selector_list(rule.prelude)
    except cssselect2.SelectorError:
        selector = " ".join(tinycss2.serialize(rule.prelude).split())
        problems.append((rule.source_line, f"no selector: `{selector[:60]}`"))
        return False
    parts = tinycss2.parse_blocks_contents(rule.content)
    problems += ((part.source_line, _plain(part)) for part in parts if part.type == "error")
    rule.content = [part for part in parts if part.type != "error"]
    return True


def _errors(tokens: Iterable[Any]) -> Iterator[tuple[int, str]]:
    """What is not even a token, such as a string without its end, at whatever depth."""
    for token in tokens:
        if token.type == "error":
            yield token.source_line, _plain(token)
        for name in ("prelude", "content", "arguments", "value"):
            inner = getattr(token, name, None)
            yield from _errors(inner if isinstance(inner, list) else ())


def _plain(error: Any) -> str:
    return str(error.message).rstrip(".").casefold()
