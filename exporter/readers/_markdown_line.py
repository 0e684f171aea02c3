"""A line of Markdown being read from the left, its columns counted as tabs have them."""

from __future__ import annotations

import re

_TAB = 4
_BLANK = re.compile("[ \t]*")


class Line:
    """A line and the place reached in it. ``indent`` and ``content`` look from there."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = self._column = 0
        self._owed = 0  # columns of a tab that was passed only in part
        self.done = False
        """Whether the line has been dealt with."""
        self._look()

    def _look(self) -> None:
        """Find where the content begins, and in which column."""
        blank = _BLANK.match(self._text, self._at)
        self._content = blank.end() if blank else self._at
        column = self._column
        if "\t" in self._text[self._at : self._content]:
            for character in self._text[self._at : self._content]:
                column += _TAB - column % _TAB if character == "\t" else 1
        else:
            column += self._content - self._at
        self._content_column = column
        self.blank = self._content == len(self._text)
        """Whether only white space is left."""

    @property
    def indent(self) -> int:
        """Columns of white space from here to the content."""
        return self._content_column - self._column

    @property
    def content(self) -> str:
        """What is left, without the white space before it."""
        return self._text[self._content :]

    @property
    def rest(self) -> str:
        """All that is left; of a tab passed in part, the spaces it still stands for."""
        return " " * self._owed + self._text[self._at :]

    def at(self, mark: str) -> bool:
        """Whether the content begins with ``mark``."""
        return self._text.startswith(mark, self._content)

    def to_content(self) -> None:
        """Pass the white space."""
        self._column, self._at, self._owed = self._content_column, self._content, 0

    def skip(self, characters: int) -> None:
        """Pass characters, none of them a tab."""
        self._at += characters
        self._column += characters
        self._look()

    def skip_columns(self, columns: int) -> None:
        """Pass columns of white space."""
        while columns and (self._owed or self._at < self._content):
            if not self._owed:
                tab = self._text[self._at] == "\t"
                self._owed = _TAB - self._column % _TAB if tab else 1
                self._at += 1
            step = min(columns, self._owed)
            self._owed -= step
            self._column += step
            columns -= step

    def skip_one_blank(self) -> None:
        """Pass the one space that may follow a marker."""
        if self.indent:
            self.skip_columns(1)

    def finish(self) -> None:
        """Note that nothing is left to do."""
        self.done = True
