"""The Markdown edition: to read as text, to keep beside one's notes, and to read back.

CommonMark with tables, footnotes and definition lists as GitHub, Obsidian and pandoc know
them, for what has no sign there a few HTML elements. `exporter.model.markdown_fields` defines the form; the
reader ``markdown`` knows it again and gives back the same articles, all but

- what they were read from (`Article.origin` names the Markdown file, then);
- the teasers beside each article: the edition's briefs stand in their place, with the
  first article of their source or else the last of all; briefs without any article are lost;
- images without bytes in the model, or that no figure shows; the others come in the order of
  their figures;
- soft hyphens, which would be a part of the words;
- what `exporter.model.build` would not have made: empty blocks, addresses that are not safe, and
  a title of no characters, which becomes "Untitled".

Images stand in the file itself, as ``data:`` addresses: one file is what a backend makes,
and a reference to another would break when it is moved. They are named by reference
(``![…][image-1]``) with their bytes at the end, so that the text stays legible; GitHub
shows their words instead. A paragraph is one line, so nothing is lost or moved by wrapping.
"""

from __future__ import annotations

from exporter.backends.markdown._edition import render
from exporter.backends.markdown._locate import locate

__all__ = ["locate", "render"]
