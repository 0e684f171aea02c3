"""An address as a key: equal keys are one page."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

# What a link was shared by, never what it shows. Names that select content on some site
# (``id``, ``cid``, ``ref``, ``source``, ``page``) are not here.
_TRACKING = re.compile(
    r"utm_\w+|(?:fb|g|d|tw|y|tt|ir|ml)clid|ysclid|gclsrc|[gw]braid|msclkid|igsh(?:id)?|li_fat_id|vero_id"
    r"|oly_(?:enc|anon)_id|mc_[ce]id|mkt_tok|_ga|_gl|_hs(?:enc|mi)|hsctatracking|xtor|spm|cmpid|icid|smid"
    r"|mtm_\w+|pk_(?:campaign|kwd|keyword|source|medium)|at_(?:medium|campaign|custom\d)|ref_(?:src|url)"
    r"|ns_(?:mchannel|source|campaign|linkname|fee)|amp(?:_js_v|_gsa)?|usqp",
    re.I,
)
_AMP_FORM = re.compile(r"(?:output|outputtype|format)=amp", re.I)
_SPARE_HOSTS = {"www", "m", "mobile", "amp"}
# A page kept by an archive or in AMP's cache is the page.
_WRAPPED = re.compile(
    r"https?://(?:web\.archive\.org/web/\d+(?:[a-z]{2}_)?/|(?:www\.)?google\.[a-z.]+/amp/s/"
    r"|[\w-]+\.cdn\.ampproject\.org/[cv]/s/)(?:https?://)?(.+)",
    re.I | re.S,
)
_AMP_PATH = re.compile(r"(?:/amp|\.amp(?=\.html?|\Z))(?=\Z|/\Z|\.html?\Z)|(?<=/)index\.html?\Z", re.I)

_PASSES = 8  # what one leaves, ``/amp`` escaped or before ``/.``, the next one finds


def canonical(link: str) -> str:
    """The address as a key: ``https``, without ``www``, ``m`` or ``amp``, default port, user,
    fragment, what tracks the reader, closing slash; the rest escaped and ordered in one way.

    Equal keys are one page; it is a key, not an address to fetch. What is not on the web (``mailto:``,
    no address at all) comes back as it was, without white space around it. Idempotent.
    """
    link = link.strip()
    for _ in range(_PASSES):
        if (shorter := _shortened(link)) == link:
            break
        link = shorter
    return link


def _shortened(link: str) -> str:
    if match := _WRAPPED.match(link):
        return "https://" + match[1].strip()
    try:
        parts = urlsplit(link)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        if parts.scheme not in ("http", "https") or not host:
            return link
        labels = host.split(".")
        host = ".".join([label for label in labels[:-2] if label not in _SPARE_HOSTS] + labels[-2:])
        if ":" in host:
            host = f"[{host}]"
        if port not in (None, 80, 443):
            host = f"{host}:{port}"
        parameters = [
            (name, value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if not _TRACKING.fullmatch(name) and not _AMP_FORM.fullmatch(f"{name}={value}")
        ]
        path = _AMP_PATH.sub("", parts.path).rstrip("/")
        # ``#!/story/5`` is the way some sites tell which group.
        shown = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
        return canonicalize_url(
            urlunsplit(("https", host, path, urlencode(parameters), shown)), keep_fragments=True
        )
    except ValueError:  # an IPv6 host in broken brackets, a port of letters
        return link
