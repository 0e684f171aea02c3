"""What a page puts around an article and changes from day to day: counters, reading time, dates of saving."""

from __future__ import annotations

import re

_LONGEST = 120  # characters of a line that is boilerplate
_DIGIT = re.compile("[0-9]")
_GAP = re.compile(r" ?[|•·‧∙] ?| [–—-] ")
_COUNT = r"[0-9][0-9.,]*\s?(?:[km]|тыс\.?|[万만천])?"
_COUNTED = (
    r"comments?|shares?|views?|likes?|reads?|replies|reactions?|retweets?|reposts?|kommentare?|aufrufe"
    r"|comentarios?|visitas|commentaires?|partages|vues|комментари\w{1,9}|просмотр\w{0,9}|댓글|조회수?|공감|추천"
    r"|评论|評論|浏览|阅读|コメント|閲覧"
)
# A counter, the time that reading takes, the number of a page, a copyright's year, what else to read.
_OTHER = re.compile(
    rf"[(\[]?{_COUNT}\s?[个개個]?\s?(?:{_COUNTED})[)\]]?"
    rf"|(?:{_COUNTED}) ?:? ?[(\[]?{_COUNT}[)\]]?\s?[个개個条件]?"
    r"|[0-9]+[ -]?(?:min(?:ute|uto)?[nsr]?\.?|мин\w{0,9}\.?|분|分钟?|分鐘)[ -]?(?:de |на |で)?"
    r"(?:read|reading time|lesezeit|lectura|lecture|leitura|чтени[ея]|읽기|소요|阅读|閱讀|読めます)"
    r"|(?:reading time|read time|lesezeit|lesedauer|tiempo de lectura|temps de lecture|tempo de leitura"
    r"|время чтения|읽는 ?시간|预计阅读|預計閱讀|読了時間)[^0-9]*[0-9]+[^0-9]*"
    r"|(?:page|seite|página|pagina|стр\.?|페이지|页) ?[0-9]+(?: ?(?:/|of|von|de|из|sur) ?[0-9]+)?"
    r"|(?:©|\(c\)|copyright)[^0-9]*(?:19|20)[0-9]{2}(?:[-–](?:20)?[0-9]{2})?[^0-9]*"
    r"|(?:tags?|topics?|keywords?|filed under|schlagw\w{1,15}|etiquetas|temas|mots[- ]clés|теги|태그|标签"
    r"|標籤|タグ|read (?:more|also)|also read|see also|related|lea también|lire aussi|à lire|mehr zum thema"
    r"|lesen sie auch|читайте также|관련 ?기사|相关阅读|関連記事) ?:.*"
)
_STAMPED = re.compile(
    r"(?:last )?(?:updated?|modified|saved|published|posted|printed|retrieved|accessed|archived|captured"
    r"|downloaded|visited|edited)\b|stand\b|aktualisiert|zuletzt|veröffentlicht|gespeichert|abgerufen"
    r"|gedruckt|actualizado|última actualización|publicado|guardado|consultado|impreso|mise? à jour|publié"
    r"|enregistré|consulté|imprimé|modifié|atualizado|salvo|обновлено|опубликовано|сохранено|дата обращения"
    r"|입력|수정|등록|저장|갱신|更新|发布|發布|保存|公開"
)
_MONTHS = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|mai|mär|okt|dez|fév|avr|juin|juil"
    r"|août|déc|янв|фев|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)\w{0,12}\.?"
)
_DAY = r"[0-9]{1,2}(?:st|nd|rd|th|er|\.|º)?"
_DATES = re.compile(
    r"[0-9]{4} ?[-./年년] ?[0-9]{1,2} ?[-./月월] ?[0-9]{1,2}[日일.]?"
    r"|[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{4}"
    rf"|{_DAY}(?: de)? {_MONTHS}(?:,?(?: de)? [0-9]{{4}})?|{_MONTHS} {_DAY}(?:,? [0-9]{{4}})?"
    r"|[0-9]{1,2}[:h][0-9]{2}(?::[0-9]{2})?"
    r"|[0-9]{1,2}[.h]?(?:[0-9]{2})? ?(?:[ap]\.?m\b|uhr|h\b|[시点時时])(?: ?[0-9]{1,2} ?[분分])?"
    r"|(?<![0-9])[0-9]++ ?(?:sec|min|hour|day|week|month|year|stunde|tag|hora|día|heure|jour|час|дн|시간|분"
    r"|小时|分钟|時間|天)"
    r"|(?:utc|gmt) ?[+-][0-9:]+"
)


def without_boilerplate(text: str) -> str:
    """The text, as `_numbers.spelled` has made it, without the lines, or pieces of lines, that give a number
    that says nothing of the story."""
    lines = text.split("\n")
    return "\n".join(_kept(line) if len(line) <= _LONGEST and _DIGIT.search(line) else line for line in lines)


def _kept(line: str) -> str:
    pieces = _GAP.split(line)
    kept = [piece for piece in pieces if not _is_boilerplate(piece.strip(" .").lower())]
    return line if len(kept) == len(pieces) else " | ".join(kept)


def _is_boilerplate(piece: str) -> bool:
    if _OTHER.fullmatch(piece):
        return True
    # After "Updated" there are dates alone, not "Updated the timetable to 3.2".
    return _STAMPED.match(piece) is not None and not _DIGIT.search(_DATES.sub("", piece))
