"""One edition with everything in it: every inline and block, five alphabets, two directions.

It goes through every backend. The words are our own and harmless; `edition()` compiles
it; `articles()` and `BRIEFS` are what it is made of.
"""

from __future__ import annotations

import hashlib
import io
from datetime import date
from functools import cache

from PIL import Image, ImageDraw

from exporter.editions.compile import Edition, Grouping, compile_edition
from exporter.editions.selection import Selected
from exporter.model.article import (
    Article,
    Asset,
    Block,
    Cell,
    Code,
    Copy,
    Definition,
    DefinitionList,
    Emphasis,
    LineBreak,
    Origin,
    Rule,
    Strong,
    Subscript,
    Superscript,
    Table,
    Teaser,
    Text,
)
from exporter.model.build import code_block, figure, heading, link, list_block, note, paragraph, quote
from exporter.model.dates import Window


@cache
def picture(width: int = 480, height: int = 300, kind: str = "PNG", name: str = "harbour.png") -> Asset:
    """A drawn harbour: sky, sea and a sun."""
    image = Image.new("RGB", (width, height), (232, 226, 214))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height * 3 // 5, width, height), fill=(70, 98, 120))
    draw.ellipse((width // 2, height // 4, width // 2 + height // 4, height // 2), fill=(196, 120, 72))
    buffer = io.BytesIO()
    image.save(buffer, kind)
    data = buffer.getvalue()
    media_type = Image.MIME[kind]
    return Asset(hashlib.sha256(data).hexdigest(), media_type, width, height, name, data)


def origin(name: str) -> Origin:
    return Origin(name, "text/markdown", hashlib.sha256(name.encode()).hexdigest(), "markdown")


def cell(text: str, **features: object) -> Cell:
    return Cell(paragraph([text]), **features)  # type: ignore[arg-type]


def table(rows: int = 6) -> Table:
    """A tide table: a head, a row heading in each row, a cell over two columns."""
    head = (cell("Day"), cell("Morning", align="right"), cell("Evening", align="right"), cell("Remarks"))
    body = [
        (
            cell(f"{n} May", header=True),
            cell(f"{4 + n % 7}.{n % 10}0 m", align="right"),
            cell(f"{3 + n % 5}.{n % 10}5 m", align="right"),
            cell("Spring tide; the lower quay is closed" if n % 3 == 0 else "Calm"),
        )
        for n in range(1, rows + 1)
    ]
    last = (cell("Mean", header=True), cell("5.4 m in the morning, 4.2 m in the evening", colspan=3))
    return Table((head, *body, last), 1, (Text("Tides at the old quay"),))


def everything() -> Article:
    """An English article with every kind of inline and block."""
    harbour = picture()
    blocks: list[Block] = [
        *paragraph(
            [
                "The harbour of Lindholm opens its ",
                Emphasis((Text("new"),)),
                " quay on Sunday, ",
                Strong((Text("three months early"),)),
                ", the harbour office says. It is 240 m",
                Superscript((Text("2"),)),
                " smaller than planned, holds H",
                Subscript((Text("2"),)),
                "O tanks for ",
                Strong((Emphasis((Text("forty small boats"),)),)),
                " and is switched by ",
                Code("quay --open --lights=low"),
                "; see ",
                *link("https://harbour.example/quays/new?year=2021&lang=en#plan", ["the office’s plan"]),
                ".",
                *note(
                    paragraph(
                        [
                            "The plan was first shown in ",
                            Emphasis((Text("Harbour Letters"),)),
                            ", no. 12; see also ",
                            *link("https://letters.example/12", ["the letters themselves"]),
                            ".",
                        ]
                    )
                ),
                " Fish & chips < 5 crowns > “free”, they say.",
            ]
        ),
        *heading(1, ["What the quay is made of"]),
        *paragraph(["Oak below,", LineBreak(), "larch above,", LineBreak(), "and rope all along."]),
        *heading(2, ["Timber and stone"]),
        *list_block(
            [
                paragraph(["Oak from the valley"]),
                (
                    *paragraph(["Larch, in two lengths:"]),
                    *list_block(
                        [paragraph(["four metres"]), paragraph(["six metres"])], ordered=True, start=3
                    ),
                ),
                (*paragraph(["Granite"]), *paragraph(["Cut on the island itself, in winter."])),
            ]
        ),
        *heading(1, ["What it costs"]),
        *quote(
            [
                *paragraph(["We spent less on the quay than on the talk about it."]),
                *paragraph(["And the talk ", Emphasis((Text("leaked"),)), "."]),
            ]
        ),
        table(),
        *figure(
            harbour.id,
            "Drawing of a harbour with a low sun",
            ["The harbour at dusk, ", Emphasis((Text("drawn"),))],
        ),
        *figure(None, "Photograph of the lost lighthouse", ["The lighthouse, before the storm"]),
        Rule(),
        *code_block(
            "def tide(hour: int) -> float:\n    # metres above the mark\n    return 4.2 + hour % 6\n",
            "python",
        ),
        DefinitionList(
            (
                Definition((Text("Quay"),), (paragraph(["A wall to land at."]),)),
                Definition(
                    (Text("Mole"),),
                    (paragraph(["A wall against waves."]), paragraph(["Also an animal."])),
                ),
            )
        ),
        *paragraph(
            [
                "The long address is ",
                *link(
                    "https://archive.example/harbour/2021/05/quays/a-very-long-address-without-any-space/"
                    "that-has-to-break-somewhere/or-it-runs-off-the-page/index.html",
                    [
                        "https://archive.example/harbour/2021/05/quays/a-very-long-address-without-any-space/"
                        "that-has-to-break-somewhere/or-it-runs-off-the-page/index.html"
                    ],
                ),
                ".",
                *note(
                    [
                        *paragraph(["First paragraph of the second note."]),
                        *paragraph(["Its second paragraph."]),
                    ]
                ),
            ]
        ),
    ]
    return Article(
        title="New quay opens three months early",
        subtitle="Oak, larch and a good deal of rope",
        authors=("Ada Lind", "Per Holm"),
        source="Harbour Gazette (En)",
        publisher="Harbour Gazette",
        aggregator="Coast Watch",
        section="Town",
        tags=("harbour", "building"),
        language="en",
        published="2021-05-02T09:30:00+02:00",
        captured="2021-06-11",
        basis={"published": "stated"},
        link="https://harbour.example/news/2021/05/02/new-quay-opens-three-months-early.html",
        via="https://watch.example/7",
        blocks=tuple(blocks),
        assets=(harbour,),
        also=(
            Copy("Coast Courier", "2021-05-03", "https://courier.example/2021/quay?page=2&lang=en"),
            Copy("صحيفة المدينة", "2021-05"),
            Copy("Valley Post"),
        ),
        origin=origin("quay.md"),
    )


def _simple(
    name: str, title: str, language: str, source: str, published: str | None, paragraphs: list[str]
) -> Article:
    return Article(
        title=title,
        source=source,
        publisher=source,
        language=language,
        published=published,
        link=f"https://papers.example/{name}" if published else None,
        blocks=tuple(block for text in paragraphs for block in paragraph([text])),
        origin=origin(f"{name}.md"),
    )


def korean() -> Article:
    return _simple(
        "ko-garden",
        "마을 텃밭에 첫 감자가 나왔다",
        "ko",
        "마을신문",
        "2021-05-09",
        [
            "지난 일요일 강가의 마을 텃밭에서 올해의 첫 감자를 캤다. "
            "아침부터 모인 이웃들은 흙을 털고 크기를 재며 서로의 솜씨를 칭찬하였다.",
            "텃밭을 돌보는 모임은 “비가 알맞게 내려 지난해보다 "
            "수확이 두 배로 늘었다”고 말했다. 남은 감자는 학교 식당에 보낼 예정이다.",
            "다음 모임은 6월 13일(일) 오전 10시, 물레방아 앞에서 열린다. 漢字도 조금 섞어 쓴다.",
        ],
    )


def russian() -> Article:
    return _simple(
        "ru-library",
        "Городская библиотека продлила часы работы",
        "ru",
        "Вечерний листок",
        "2021-05-16",
        [
            "С понедельника городская библиотека открыта до десяти часов вечера. "
            "Читатели давно просили об этом: "
            "многие приходят после работы и не успевают выбрать книгу.",
            "«Мы добавили двадцать мест у окон и новый стол для шахмат», — рассказала заведующая. "
            "Достопримечательностью остаётся старинный каталог с восемнадцатью тысячами карточек.",
        ],
    )


def german() -> Article:
    return _simple(
        "de-orgel",
        "Die Orgel der Dorfkirche klingt wieder",
        "de",
        "Talbote",
        "2021-05-16",
        [
            "Nach zwei Jahren Wiederherstellungsarbeiten erklingt die Orgel der Dorfkirche wieder. "
            "Die Orgelbauwerkstatt hat achthundertzwölf Pfeifen gereinigt und siebenunddreißig ersetzt.",
            "Das Eröffnungskonzert war bis auf den letzten Platz besetzt; die Gemeinschaftsveranstaltung der "
            "Nachbargemeinden soll im Herbst wiederholt werden.",
        ],
    )


def arabic() -> Article:
    return _simple(
        "ar-market",
        "سوق الكتب القديمة يعود إلى الساحة",
        "ar",
        "صحيفة المدينة",
        "2021-05-21",
        [
            "عاد سوق الكتب القديمة إلى ساحة المدينة بعد غياب عامين، "
            "وجاء الزوار من القرى المجاورة منذ الصباح الباكر.",
            "وقال أحد الباعة إن أكثر ما يبحث عنه الناس هو كتب السفر والطبخ (Cooking, 1952) ودواوين الشعر.",
        ],
    )


def untitled_day() -> Article:
    """An article without a date, source, author or link."""
    return Article(
        title="A recipe found in a drawer",
        language="en",
        blocks=(
            *paragraph(["Boil the pears with cloves until the window mists."]),
            *list_block([paragraph(["six pears"]), paragraph(["four cloves"])], ordered=True),
        ),
        origin=origin("recipe.txt"),
    )


BRIEFS = (
    Teaser(
        "Ferry timetable for the summer",
        "The ferry runs every hour from June …",
        "2021-05-04",
        "Harbour Gazette",
        None,
        "en",
    ),
    Teaser(
        "Beekeepers meet at the mill", "", "2021-05-12", "Valley Post", "https://valley.example/bees", "en"
    ),
    Teaser(
        "새 다리의 이름을 모집한다",
        "마을은 강 위의 새 다리에 붙일 이름을 모은다.",
        "2021-05-14",
        "마을신문",
        None,
        "ko",
    ),
    Teaser("A brief of no date", "Nobody knows when.", None, None, None, "en"),
)


def articles() -> tuple[Article, ...]:
    return (everything(), korean(), russian(), german(), arabic(), untitled_day())


def edition(group: Grouping = "source", **changes: object) -> Edition:
    """The kitchen sink compiled: six articles, four briefs, May 2021."""
    options: dict[str, object] = {
        "title": "The Kitchen Sink",
        "subtitle": "Everything there is, once",
        "window": Window(date(2021, 5, 1), date(2021, 5, 31)),
        "group": group,
    }
    return compile_edition(Selected(articles(), BRIEFS), **(options | changes))  # type: ignore[arg-type]
