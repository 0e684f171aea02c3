"""Diagnostics: what went wrong without ending the run, with stable ids.

A reader or backend calls ``report.add("image-missing", …)``. The caller decides what to do with
diagnostics: the command line prints them, ``--report`` writes them as JSON, ``--strict`` fails the run.
To add one, add a row to `TABLE`; a published id keeps its meaning. docs/diagnostics.md is generated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

import msgspec

Severity = Literal["info", "warning"]


class Kind(msgspec.Struct, frozen=True):
    """One row of the table: severity, meaning, and what to do about it.

    A ``momentary`` one is a property of the moment (the machine, the network), not of the file:
    reading the same bytes again may succeed.
    """

    id: str
    severity: Severity
    meaning: str
    remedy: str
    momentary: bool = False


# fmt: off
TABLE = (
    Kind("file-empty", "warning",
         "The file has no bytes or no text in it.",
         "Save the page again, or remove the file."),
    Kind("file-not-text", "warning",
         "The file is binary or of a kind no reader knows.",
         "Save it as a web page, Markdown or text; `exporter formats` lists what is read."),
    Kind("file-unreadable", "warning",
         "The file could not be opened.",
         "Check its rights and that it still exists."),
    Kind("file-too-large", "warning",
         "The file is larger than 64 MB and was not read.",
         "Split it into articles."),
    Kind("file-not-regular", "warning",
         "A pipe, a socket or a device is in the folder; it was not read.",
         "Name it by itself if you want it read."),
    Kind("link-leads-out", "warning",
         "A link leads out of the folder; it was not followed.",
         "Name what it leads to as well if you want it read."),
    Kind("own-output", "info",
         "The file is output of exporter; it was not read.",
         "Nothing to do; --own reads such files, and one that is named by itself is read."),
    Kind("reading-too-long", "warning",
         "Reading took longer than any usual file needs and was given up; the others were read.",
         "Report it with the file; until then save the page in another form.", momentary=True),
    Kind("reading-ended", "warning",
         "The process that read the file was ended; the others were read.",
         "Run again with more memory free; report it with the file if that does not help.", momentary=True),
    Kind("reading-interrupted", "warning",
         "The machine failed while the file was read: a disk, the network, too many open files.",
         "Run again when the machine is well; what was kept of the file stays until then.", momentary=True),
    Kind("reader-failed", "warning",
         "The reader failed on the file; the others were read.",
         "Report it with the file; until then save the page in another form."),
    Kind("archive-broken", "warning",
         "The archive, or something in it, is damaged or cut short; what is whole was read.",
         "Make or fetch the archive again."),
    Kind("archive-empty", "warning",
         "The archive holds nothing that is read here.",
         "Check that the pages themselves were saved with it."),
    Kind("archive-encrypted", "warning",
         "A member of the archive is encrypted; it was not read.",
         "Unpack it, and read its files."),
    Kind("archive-nested", "warning",
         "An archive lies in an archive that lies in another; it was not opened.",
         "Unpack the outermost."),
    Kind("archive-path-unsafe", "warning",
         "A member's name leads out of the archive; it was not read.",
         "Trust this archive with care; unpack it with a tool that refuses such names."),
    Kind("archive-revisit", "info",
         "A web archive says that a page had not changed, and has not the page itself.",
         "Read it together with the archive of the earlier visit."),
    Kind("archive-too-large", "warning",
         "The archive unpacks to more than any usual one; what is too much of it was not read.",
         "Unpack it yourself if you trust it, and read its files."),
    Kind("no-article", "warning",
         "No article was found in the file.",
         "Check that the page's text was saved with it."),
    Kind("briefs-not-read", "info",
         "An edition was read that has briefs beside none of its own articles; only articles are read.",
         "Read the files that the edition was made from, to have them again."),
    Kind("encoding-guessed", "warning",
         "The text is not valid UTF-8 and declares nothing; its encoding was guessed.",
         "Read the article over; save the file as UTF-8 if it is garbled."),
    Kind("encoding-broken", "warning",
         "Some bytes fit no encoding; they became replacement characters.",
         "Save the page again as UTF-8."),
    Kind("text-repaired", "info",
         "The text is UTF-8 that was once read as Latin-1 and saved anew; it was set right.",
         "Nothing to do; lines where that is not certain stand as they are."),
    Kind("control-characters", "info",
         "Control characters were taken out of the text.",
         "Nothing to do."),
    Kind("date-missing", "info",
         "The article has no date of publication; none was invented.",
         "Add a date to the file, or export with --undated."),
    Kind("date-invalid", "warning",
         "The date stated does not exist; it was left out.",
         "Correct it in the file."),
    Kind("front-matter-invalid", "warning",
         "The front matter is not valid YAML or TOML; it was read as far as possible.",
         "Correct the block at the head of the file."),
    Kind("feed-broken", "warning",
         "The feed is not well-formed; it was read as far as it goes.",
         "Compare its entries with the site; save the feed again if some are lost."),
    Kind("feed-list", "warning",
         "The file is a list of feeds (OPML); it has no article.",
         "Save the feeds that it lists, or the pages themselves, and read those."),
    Kind("entities-refused", "warning",
         "The file declares entities by which it could explode or read other files; it was not read.",
         "Read it only if you trust it: take its document type (<!DOCTYPE …>) out first."),
    Kind("mail-broken", "warning",
         "A message is not well-formed; it was read as far as it goes.",
         "Compare the article with the message; save it again if something is lost."),
    Kind("record-broken", "warning",
         "A record could not be read; the others were, as far as they can be told apart.",
         "Correct the line in the file."),
    Kind("fields-unknown", "warning",
         "The records have no fields that are known to be a title, a body or an address.",
         "Name them: --map title=headline,body=text,date=day."),
    Kind("title-missing", "warning",
         "The article has no title; its first words stand in.",
         "Add a title to the file."),
    Kind("title-long", "warning",
         "The title has over 500 characters.",
         "Check that the file's first line is really a title."),
    Kind("page-is-no-article", "warning",
         "The page shows a login, a question for consent, an error or the like in the article's place.",
         "Open the address, pass what stands there, and save the page again."),
    Kind("lines-left-out", "info",
         "Lines of the page's machinery were left out of the text.",
         "Nothing to do; --keep RULE keeps those of a rule, as `exporter readers` lists them."),
    Kind("paragraphs-left-out", "info",
         "Paragraphs of the page are not in the article.",
         "Compare with the page; --keep RULE keeps those of a rule, as `exporter readers` lists them."),
    Kind("body-doubtful", "warning",
         "The article holds less than half of the page's longest run of prose.",
         "Compare with the page; a recipe for its site, or --keep RULE, makes sure (docs/readers/html.md)."),
    Kind("nesting-too-deep", "warning",
         "Markup is nested deeper than 64 levels; the text below was kept, its nesting not.",
         "Nothing to do, if the text reads well."),
    Kind("table-too-large", "warning",
         "A table claims far more cells than it has; its text was kept as paragraphs.",
         "Nothing to do, if the text reads well."),
    Kind("marks-kept-plain", "warning",
         "A passage has too many marks, such as brackets; they were kept as plain text.",
         "Nothing to do, if the text reads well."),
    Kind("image-missing", "warning",
         "An image is not where the page says.",
         "Save the page together with its images."),
    Kind("image-remote", "warning",
         "An image lies on the network; it was not fetched.",
         "Save the page together with its images."),
    Kind("image-broken", "warning",
         "An image is empty, cut short or not an image.",
         "Save the image again."),
    Kind("image-too-large", "warning",
         "An image has too many pixels or bytes; it was left out.",
         "Scale it down."),
    Kind("image-unsupported", "warning",
         "An image is of a kind that is not rendered yet.",
         "Convert it to JPEG or PNG."),
    Kind("note-missing", "warning",
         "A mark in the text points to a note that the file does not have; its number was kept.",
         "Save the page again with its notes."),
    Kind("notes-left-out", "info",
         "Notes were left out with the parts of the page that their marks are in.",
         "Compare the article with the page."),
    Kind("markup-dropped", "info",
         "Scripts, forms, frames or embedded media were left out.",
         "Nothing to do; see the original for what is interactive."),
    Kind("link-dropped", "info",
         "A link's address is not http, https or mailto; its text was kept.",
         "Nothing to do."),
    Kind("template-tag-dropped", "warning",
         "A tag of the site's generator was left out; what it shows is not in the file.",
         "Compare the article with the page; write what the tag shows into the file."),
    Kind("template-expressions", "info",
         "Expressions such as {{ page.title }} were resolved from the front matter, or removed.",
         "Nothing to do, if the text reads well."),
    Kind("frame-unclear", "warning",
         "The copied page does not quite have the expected form; lines that seemed no part were left out.",
         "Compare the article with the page."),
    Kind("article-corrected", "info",
         "An article came in exporter's own form, corrected; it leads, and the version before is kept.",
         "Nothing to do; `exporter show NUMBER --versions` lists the versions."),
    Kind("removed-left-out", "info",
         "The article was removed from the library before; it was left out.",
         "Import the file with --restore to have it again."),
    Kind("duplicate", "info",
         "The same article came twice; the fuller copy was taken.",
         "Nothing to do."),
    Kind("undated-left-out", "warning",
         "An article has no date of publication precise enough for the range of days; it was left out.",
         "Add a date to the file, or export with --undated."),
    Kind("window-empty", "info",
         "No article falls into the window; no file was made.",
         "Nothing to do."),
    Kind("glyph-missing", "warning",
         "No available font has these characters; they print as a replacement mark.",
         "Install a font for the script (see `exporter doctor`)."),
    Kind("font-missing", "warning",
         "A font that the style names is not there or cannot be used; one of the program's took its place.",
         "Install it, or put its files (static TrueType or OpenType) into the style's folder fonts/."),
    Kind("subsetter-missing", "warning",
         "The HarfBuzz subset library is not installed; the PDF takes many times longer.",
         "Install it: apt install libharfbuzz-subset0, dnf install harfbuzz, brew install harfbuzz."),
    Kind("cache-unusable", "info",
         "The folder for laid-out pages cannot be written to; nothing was kept for the next run.",
         "Name another by EXPORTER_CACHE, or say --no-cache."),
    Kind("article-set-plainly", "warning",
         "The article could not be laid out; its text was set as plain paragraphs without any form.",
         "Compare it with the original, and report it with the article."),
    Kind("notes-at-end", "info",
         "An article's notes are longer than its text; they stand at its end, not at the feet of its pages.",
         "Nothing to do."),
    Kind("table-divided", "info",
         "A table has more columns than fit the page; they stand in several tables, one below the other.",
         "Nothing to do; a wider page (--paper A4, --style newspaper) takes more of them."),
    Kind("original-missing", "warning",
         "The file that an article was read from could not be attached as it was read.",
         "Leave the files where they are until the archival edition is made, then run again."),
    Kind("volume-too-large", "warning",
         "A volume of one article is larger than --split-size allows; it cannot be cut.",
         "Allow more, or make images smaller with --image-max."),
    Kind("style-problem", "warning",
         "The layout engine complained about the style.",
         "Correct the style's CSS."),
    Kind("layout-problem", "warning",
         "The layout engine complained about the content.",
         "Look at the page in question."),
)
# fmt: on
"""Every diagnostic, in the order of the pipeline."""

BY_ID = {kind.id: kind for kind in TABLE}


class Diagnostic(msgspec.Struct, frozen=True, omit_defaults=True):
    """One finding: ``where`` names the file or article, ``detail`` says what exactly."""

    id: str
    where: str
    detail: str = ""

    @property
    def kind(self) -> Kind:
        return BY_ID[self.id]

    def __str__(self) -> str:
        detail = f": {self.detail}" if self.detail else ""
        return f"{self.where}: {self.kind.meaning.rstrip('.')}{detail} [{self.id}]"


class Report:
    """Collects diagnostics in order, each once."""

    def __init__(self, findings: Iterable[Diagnostic] = ()) -> None:
        self._findings = dict.fromkeys(findings)

    def add(self, id: str, where: str, detail: str = "") -> None:
        """Add a finding. Raises KeyError for an id that the table does not have."""
        BY_ID[id]
        self._findings[Diagnostic(id, where, detail)] = None

    def extend(self, findings: Iterable[Diagnostic]) -> None:
        self._findings.update(dict.fromkeys(findings))

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        return tuple(self._findings)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return tuple(f for f in self._findings if f.kind.severity == "warning")

    def counts(self) -> dict[str, int]:
        """The number of findings by id, sorted by id."""
        return dict(sorted(Counter(f.id for f in self._findings).items()))
