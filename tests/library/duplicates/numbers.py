"""Pairs of articles that differ in one number, and copies that only print it otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from exporter.model.article import Article, Origin, Paragraph, Text

# By language: a headline and paragraphs, with the number's place.
TEXTS: dict[str, tuple[str, ...]] = {
    "en": (
        "Harbour office reports {}",
        "The harbour office of Fernhaven reported {} on Tuesday, as its clerk Nell Barrow read out from "
        "the steps.",
        "The office gathers its figures from pilots, shops and schools along the coast. People of the "
        "town come to hear them read aloud in the square beside the old ferry pier, and stay for tea.",
        "Of the 14 boats that went out in 2023, the oldest was built in 1931. The next sheet is read "
        "when the new timetable of the ferry to Saltby comes into force.",
    ),
    "de": (
        "Hafenamt meldet {}",
        "Das Hafenamt von Fernhaven meldete am Dienstag {}, wie die Schreiberin von der Treppe aus verlas.",
        "Das Amt sammelt seine Zahlen bei Lotsen, Läden und Schulen entlang der Küste. Die Leute kommen,"
        " um sie auf dem Platz neben der alten Mole vorgelesen zu hören, und bleiben zum Tee.",
        "Von den 14 Booten, die 2023 ausliefen, wurde das älteste 1931 gebaut.",
    ),
    "es": (
        "La oficina del puerto anuncia {}",
        "La oficina del puerto de Fernhaven anunció el martes {}, según leyó su escribana desde las "
        "escaleras.",
        "La oficina reúne sus cifras de prácticos, tiendas y escuelas a lo largo de la costa. La gente "
        "del pueblo viene a oírlas en la plaza junto al viejo muelle, y se queda a tomar el té.",
        "De los 14 barcos que salieron en 2023, el más viejo fue construido en 1931.",
    ),
    "fr": (
        "Le bureau du port annonce {}",
        "Le bureau du port de Fernhaven a annoncé mardi {}, comme l’a lu sa greffière du haut de l’escalier.",
        "Le bureau rassemble ses chiffres auprès des pilotes, des boutiques et des écoles de la côte. "
        "Les gens viennent les entendre sur la place près du vieux ponton, et restent pour le thé.",
        "Des 14 bateaux sortis en 2023, le plus ancien fut construit en 1931.",
    ),
    "ru": (
        "Контора порта сообщает: {}",
        "Контора порта Фернхейвен во вторник сообщила: {}, как прочла с лестницы её писарь.",
        "Контора собирает свои цифры у лоцманов, в лавках и школах вдоль берега. Люди приходят на "
        "площадь у старого причала послушать, как их читают вслух, и остаются пить чай.",
        "Из 14 лодок, вышедших в 2023 году, самая старая построена в 1931 году.",
    ),
    "ko": (
        "항구 사무소 {} 발표",
        "펀헤이븐 항구 사무소는 화요일 {} 라고 발표하였으며 서기가 계단에서 읽었다.",
        "사무소는 해안을 따라 도선사와 상점, 학교에서 수자를 모은다. 마을 사람들은 낡은 나루터 옆 "
        "광장에 와서 그것을 듣고 차를 마시며 머문다.",
        "2023년에 나간 14척의 배 가운데서 제일 오랜 것은 1931년에 만들어졌다.",
    ),
    "zh": (
        "港口办公室公布 {}",
        "芬港的港口办公室星期二公布 {} ,由书记在台阶上宣读。",
        "办公室从沿海的领航员、商店和学校收集数字。镇上的人们来到旧码头旁的广场听宣读,并留下来喝茶。",
        "在2023年出海的14条船中,最老的一条造于1931年。下一张表格将在新的渡轮时刻表生效时宣读。",
    ),
}

OTHERS: dict[str, tuple[tuple[str, str], ...]] = {
    "count": (("17", "18"), ("7", "70"), ("14", "41"), ("2023", "2032")),
    "decimal": (
        ("5.2", "5.5"),
        ("5,2", "5,5"),
        ("0.5", "0.05"),
        ("5.2", "2.5"),
        ("5.2", "52"),
        ("14.5", "14"),
    ),
    "percentage": (("5.2%", "5.3%"), ("5 %", "6 %"), ("5.2 %", "5.25 %")),
    "version": (
        ("3.2", "3.3"),
        ("3.2.9", "3.3.9"),
        ("v1.0.14", "v1.14.0"),
        ("14.04.1", "14.04.2"),
        ("2.0b1", "2.0b2"),
    ),
    "score": (("2-1", "2-2"), ("2:1", "1:2"), ("2–1", "2–0"), ("14 - 7", "7 - 14"), ("6-4, 6-3", "6-3, 6-4")),
    "time": (("10:15", "10:45"), ("10:15", "15:10"), ("9:05 a.m.", "9:05 p.m.")),
    "date": (("2024-04-23", "2024-04-24"), ("23.04.2024", "23.05.2024"), ("4/23/2024", "4/25/2024")),
    "unit": (
        ("5 km", "5 kg"),
        ("5 km", "5 m"),
        ("5kg", "5g"),
        ("20 °C", "20 °F"),
        ("3 m²", "3 m³"),
        ("8 MB", "8 GB"),
    ),
    "currency": (("$5", "€5"), ("5 €", "5 £"), ("EUR 14", "USD 14"), ("$5.20", "$5.25")),
    "sign": (("-5", "5"), ("−5 °C", "5 °C"), ("–5 %", "5 %")),
    "thousands": (
        *(
            ("1,200", "1,300"),
            ("1.200", "1.300"),
            ("1 200", "1 300"),
            ("1'200", "1'300"),
            ("12,00,000", "13,00,000"),
        ),
        *(("1,200,500", "1,200,600"), ("2 000", "14 000")),
    ),
    "fraction": (("1/2", "1/3"), ("½", "¼"), ("2½", "3½"), ("3/4", "4/3")),
    "identifier": (
        ("CVE-2024-1234", "CVE-2024-1243"),
        ("A4", "A5"),
        ("A4", "B4"),
        ("F-16", "F-18"),
        ("7f3a9c", "7f3b9c"),
    ),
    "script": (
        ("٥٫٢", "٥٫٥"),
        ("१४", "१५"),
        ("５．２", "５．５"),
        ("二〇二三", "二〇二四"),
        ("五点二", "五点五"),
    ),
    "roman": (("Part II", "Part III"), ("Part I", "Part II"), ("Part IX", "Part XI")),
    "large": (("5 million", "5 billion"), ("5 million", "6 million"), ("1.2 million", "1.3 million")),
    "twice": (("14 and 23", "14 and 14"), ("23, then 14", "14, then 14")),
    "exchanged": (("red 14 and blue 23", "red 23 and blue 14"),),
}
"""What two numbers of two different articles are, by kind."""

SPELLINGS: tuple[tuple[str, ...], ...] = (
    ("5.2 percent", "5,2 percent", "5.2%", "5.2 %", "5.2 per cent", "５．２％", "٥٫٢٪"),
    ("1,200", "1.200", "1 200", "1\u00a0200", "1\u202f200", "1'200", "1’200", "1200", "१२००", "１２００"),
    ("12,00,000", "1,200,000", "1.200.000", "1200000", "1.2 million"),
    ("2-1", "2:1", "2–1", "2—1", "2 - 1", "2 – 1", "2 : 1", "2−1"),
    ("-5 °C", "−5 °C", "–5 °C", "-5°C", "-5 ℃", "minus 5 °C"),
    ("$5", "US$5", "5 dollars", "USD 5", "5 USD", "$ 5"),
    ("5 km", "5km", "5\u00a0km", "5-km", "5 kilometres"),
    ("½", "1/2", "1⁄2"),
    ("2½ km", "2 1/2 km"),
    ("2024-04-23", "2024.4.23", "23.04.2024", "04/23/2024", "2024/04/23"),
    ("9:05 a.m.", "09:05 am", "9:05am", "9:05 AM"),
    ("v3.2.9", "3.2.9"),
    ("II", "2"),
    ("二〇二四年", "2024年"),
    ("3rd", "3"),
)
"""Ways to print one number."""

FRAME: tuple[tuple[str, str], ...] = (
    ("3 min read", "4 min read"),
    ("By Nell Barrow | 3 min read | 12 comments", "By Nell Barrow | 4 min read | 57 comments"),
    ("12 comments", "57 comments"),
    ("Comments (12)", "Comments (57)"),
    ("1,204 views · 12 shares", "9.8k views · 57 shares"),
    ("Updated 10:15", "Updated 11:40"),
    ("Last updated: May 6, 2024, 10:15 a.m.", "Last updated: May 7, 2024, 8:40 p.m."),
    ("Published on 6 May 2024", "Published on 7 May 2024"),
    ("Saved on December 18, 2025", "Saved on 3 January 2026"),
    ("Retrieved 2024-05-06", "Retrieved 2025-11-30"),
    ("Posted 3 hours ago", "Posted 5 days ago"),
    ("Page 1 of 3", "Page 2 of 4"),
    ("© 2023 Harbour Gazette", "© 2025 Harbour Gazette"),
    ("https://papers.example/2024/04/story-17?id=5", "https://papers.example/2024/05/story-18?id=6"),
    ("Tags: Boats, Summer 2023", "Tags: Boats, Route 66"),
    ("Read more: 7 walks by the sea", "Read more: 9 walks by the sea"),
    ("Lesezeit: 3 Minuten", "Lesezeit: 4 Minuten"),
    ("Stand: 06.05.2024, 10:15 Uhr", "Stand: 07.05.2024, 11:40 Uhr"),
    ("12 Kommentare", "57 Kommentare"),
    ("3 min de lectura", "4 min de lectura"),
    ("Actualizado el 6 de mayo de 2024 a las 10:15", "Actualizado el 7 de mayo de 2024 a las 11:40"),
    ("Publié le 6 mai 2024 à 10h15", "Publié le 7 mai 2024 à 11h40"),
    ("Обновлено 06.05.2024, 10:15", "Обновлено 07.05.2024, 11:40"),
    ("12 комментариев", "57 комментариев"),
    ("입력 2024.05.06. 10:15", "입력 2024.05.07. 11:40"),
    ("댓글 12개", "댓글 57개"),
    ("조회수 1204", "조회수 9805"),
    ("更新: 2024年5月6日 10:15", "更新: 2024年5月7日 11:40"),
    ("评论 12", "评论 57"),
)
"""What two pages put around one article."""


class Case(NamedTuple):
    name: str
    a: Article
    b: Article


def article(
    title: str, *paragraphs: str, language: str = "en", day: str = "2024-04-23", **more: object
) -> Article:
    return Article(
        title=title,
        published=day,
        source="Harbour Gazette",
        language=language,
        blocks=tuple(Paragraph((Text(text),)) for text in paragraphs),
        origin=Origin(f"{title}.md", "text/markdown", "0" * 64),
        **more,  # type: ignore[arg-type]
    )


def _filled(language: str, number: str, *, titled: bool = True, brief: bool = False) -> Article:
    title, *paragraphs = TEXTS[language]
    if brief:
        paragraphs = paragraphs[:1]
    title = title.format(number) if titled else title.format("…")
    return article(title, *(text.format(number) for text in paragraphs), language=language)


def different(kind: str) -> Iterator[Case]:
    """Articles of one day that differ in one number: of text and headline, of the text alone, of a brief."""
    for (a, b), language in product(OTHERS[kind], TEXTS):
        name = f"{language}: {a} / {b}"
        yield Case(name, _filled(language, a), _filled(language, b))
        yield Case(f"{name}, text", *(_filled(language, n, titled=False) for n in (a, b)))
        yield Case(f"{name}, brief", *(_filled(language, n, titled=False, brief=True) for n in (a, b)))


def titled() -> Iterator[Case]:
    """Articles of one text under headlines that differ in the number."""
    for kind, pairs in OTHERS.items():
        for a, b in pairs:
            yield Case(f"{kind}: {a} / {b}", *(article(f"Release {n}", *TEXTS["en"][2:]) for n in (a, b)))


def respelled(ways: tuple[str, ...]) -> Iterator[Case]:
    """Copies that print the number otherwise."""
    for way, language in product(ways[1:], TEXTS):
        if "million" not in way or language not in ("ko", "zh"):  # there a word of seven letters is much
            yield Case(f"{language}: {ways[0]} / {way}", _filled(language, ways[0]), _filled(language, way))


def surrounded(pair: tuple[str, str]) -> Iterator[Case]:
    """Copies with other numbers of their pages around the text."""
    a, b = pair
    for language in ("en", "ko"):
        title, *body = (text.format("5.2 %") for text in TEXTS[language])
        for name, one, other in (
            ("before", [a, *body], [b, *body]),
            ("after", [*body, a], [*body, b]),
            ("before and after", [a, *body], [*body, b]),
            ("one cut", [a, *body], [b, *body[:2]]),
        ):
            both = (article(title, *text, language=language) for text in (one, other))
            yield Case(f"{language}, {name}: {a} / {b}", *both)
