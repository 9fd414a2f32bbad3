"""Which documents a name means: a number, a title, a part or an abbreviation of one, an alias, a version."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from assistant.abbreviations import TITLE_END, abbreviates, shares_subject
from assistant.document_versions import file_name
from corpus import places
from corpus.model import PolicyDocument, Status
from corpus.numerals import HAN_NUMERAL, to_int
from index.text_search import condensed

Documents = tuple[PolicyDocument, ...]

_NATION = "中华人民共和国"
_LEAST = 2
_LEAST_ABBREVIATED = 3
_LEAST_PART, _LEAST_TITLE_PART = 6, 8
"""Letters from which a part of a title names it, the second where it ends like a title: 合同法 is not 劳动合同法."""

_NUMBER = re.compile(r"(?P<code>[\u4e00-\u9fff]*)(?:〔(?P<year>[0-9]{4})〕)?(?P<serial>[0-9]+)号")
_KIND = re.compile("文件|方案|意见|通知|办法|规定|条例|草案|稿")
_KIND_NAMED = re.compile(
    f"(?:省|市|县|区|人民|政府|办公厅|办公室|的|[这那]份|实施|征求|转发|印发|正式|工作)*(?:{_KIND.pattern})+"
)
_VERSION = re.compile(r"[（(][^（）()]*(?:修订|修正|修改|草案|稿)[^（）()]*[）)]$")
_TRIAL = re.compile(r"[（(](?:试行|暂行)[）)]$")
_BEFORE_NAME = re.compile(
    "(?:^|[新行有将为由是在对和或及与以除的即则经向把被因据照合反用定称去后过到于括犯担]|[^\u4e00-\u9fff])$"
)
"""How words before a title without title marks can end."""

_FORMER = ("原", "原来的", "旧", "旧的", "旧版", "旧版的", "修订前的", "修改前的")
_FORMER_NAME = re.compile(f"(?:^|[照据按依])(?:{'|'.join(_FORMER)})")

_ORDINAL = re.compile(f"[（(]({HAN_NUMERAL})[)）]$")
_BORDERS = re.compile("关于|适用|贯彻落实|审理|办理|[》〉]的?")
"""Behind these a shorter name of a document can begin: 关于适用《…》婚姻家庭编的解释."""


class DocumentNames:
    """The names of some documents. Names are compared as condensed texts, without 中华人民共和国."""

    def __init__(self, documents: Iterable[PolicyDocument]) -> None:
        self.documents: Documents = tuple(documents)
        self._official: defaultdict[str, list[PolicyDocument]] = defaultdict(list)
        self._short: defaultdict[str, list[PolicyDocument]] = defaultdict(list)
        for document in self.documents:
            for name in [*names_of(document), *_former_names(document)]:
                self._official[name].append(document)
            for name in _short_names(document):
                self._short[name].append(document)
        self._by_serial: defaultdict[str, list[tuple[PolicyDocument, re.Match[str]]]] = defaultdict(list)
        for document in self.documents:
            if match := _NUMBER.fullmatch(document.number):
                self._by_serial[match["serial"]].append((document, match))
        names = self._official.keys() | self._short.keys()
        self._longest = max(map(len, names), default=0)
        self._beginning: defaultdict[str, list[str]] = defaultdict(list)
        for name in sorted(names):
            self._beginning[name[:1]].append(name)
        self._titles = [(_key(document.title), document) for document in self.documents]
        self._searched = [("\n".join(map(_key, (d.title, d.number, *d.aliases))), d) for d in self.documents]

    def official(self, name: str) -> Documents:
        """Documents of which this is the title, perhaps without its organ or the mark of its version, or an alias."""
        return tuple(self._official.get(_key(name), ()))

    def exact(self, name: str) -> Documents:
        """Documents of this official name; else those that people call so for short: 上海医疗保障条例, 医疗保障条例."""
        return self._exact(_key(name))

    def numbered(self, number: str) -> Documents:
        """Documents of this number, which may lack its year or its organ and have words before it."""
        wanted = _NUMBER.search(number)
        if wanted is None:
            return ()
        own = self._by_serial.get(wanted["serial"], ())
        return tuple(document for document, match in own if _is_number(wanted, match, document.region))

    def titled(self, title: str) -> Documents:
        """Documents that a title, perhaps abbreviated or in part, names."""
        return self.exact(title) or self._abbreviated(_key(title)) or self._part_of(_key(title))

    def leading(self, words: str) -> tuple[Documents, int]:
        """Documents with the longest name that some words begin with, and the length of that name in the words."""
        keys = [(end, _key(words[:end])) for end in range(len(words), 0, -1) if condensed(words[end - 1])]
        return next(((found, end) for end, key in keys if (found := self._exact(key))), ((), 0))

    def closing(self, words: str) -> tuple[Documents, int]:
        """The same for the longest official name that some words end with, 有劳动合同法: 劳动合同法 is no 合同法."""
        for start in range(max(0, len(words) - self._longest), len(words)):
            before = words[:start].removesuffix(_NATION)
            if (found := self.official(words[start:])) and _BEFORE_NAME.search(before):
                return found, len(words) - len(before)
        return (), 0

    def within(self, text: str) -> Documents:
        """Documents whose name is the longest that occurs in a text."""
        return self._exact(self._longest_in(text))

    def start_within(self, text: str) -> int:
        """Where in a text that name begins, or else the last place that it mentions; its end where it has neither."""
        if name := self._longest_in(text):
            start = next(start for start in range(len(text), -1, -1) if name in _key(text[start:]))
            return len(text[:start].removesuffix(_NATION))
        return max((mention.start for mention in places.mentions(text)), default=len(text))

    def volumes(self, document: PolicyDocument) -> Documents:
        """The document, or all volumes of the code that it is one of: 民法典 总则."""
        code, _, volume = document.title.partition(" ")
        parts = (other for other in self.exact(code) if other.date == document.date)
        return tuple(parts) if volume else (document,)

    def having(self, words: str) -> Documents:
        """Documents whose title, number or aliases have these words."""
        key = _key(words)
        return tuple(document for names, document in self._searched if key in names) if key else ()

    def of_places(self, text: str, regions: Iterable[str]) -> Documents:
        """Documents of the places in a text, else of ``regions``, else all; of places those of the kind that it names."""
        mentioned = [mention.place for mention in places.mentions(text)]
        wanted = mentioned or [place for region in regions if (place := places.named(region))]
        if not wanted:
            return self.documents
        return _of_kind((d for d in self.documents if d.region and _within(d, wanted)), text)

    def of_kind(self, name: str) -> Documents:
        """Documents that a name says by their place and kind: 吉林省的实施方案."""
        mention = next(iter(places.mentions(name)), None)
        if mention is None or mention.start or not _KIND_NAMED.fullmatch(name, len(mention.text)):
            return ()
        return _of_kind((d for d in self.documents if d.region == mention.place.name), name)

    def forwarded_by(self, documents: Documents) -> Documents:
        """What documents forward or issue: people cite the number of the notice."""
        ids = {document.forwards for document in documents} - {""}
        return tuple(document for document in self.documents if document.id in ids) if ids else ()

    def _longest_in(self, text: str) -> str:
        """The longest name that occurs in a text."""
        key = _key(text)
        names = (name for names in self._beginning.values() for name in names)
        return max((name for name in names if name in key), key=len, default="")

    def _exact(self, key: str) -> Documents:
        return tuple(self._official.get(key) or self._short.get(key) or ()) if len(key) >= _LEAST else ()

    def _abbreviated(self, key: str) -> Documents:
        """Documents of whose name some letters are left out, but neither the first nor the last: 妇保法.

        With them all of the same kind that have its subject in a row, of which any may be meant: 安全法.
        """
        if len(key) < _LEAST_ABBREVIATED:
            return ()
        full = [name for name in self._beginning[key[0]] if abbreviates(key, name)]
        alike = [title for title, _ in self._titles if shares_subject(key, title)] if full else []
        found = {document.id: document for name in [*full, *alike] for document in self._exact(name)}
        return tuple(found.values())

    def _part_of(self, key: str) -> Documents:
        if len(key) < (_LEAST_TITLE_PART if TITLE_END.search(key) else _LEAST_PART):
            return ()
        return tuple(document for title, document in self._titles if key in title)


def is_kind_named(text: str) -> bool:
    """Whether a text says what kind of document it means: 方案, 文件."""
    return bool(_KIND.search(text))


def _of_kind(documents: Iterable[PolicyDocument], text: str) -> Documents:
    """Those whose title has the kind that a text names, else all; a forwarding notice only where nothing else is left."""
    found = tuple(documents)
    kind = _KIND.search(text)
    titled = tuple(d for d in found if kind and kind[0] in d.title and (d.forwards or kind[0] != "通知"))
    return titled or tuple(d for d in found if not d.forwards) or found


def _within(document: PolicyDocument, wanted: Iterable[places.Place]) -> bool:
    own = places.named(document.region)
    return own is not None and any(place.contains(own) or own.contains(place) for place in wanted)


def _is_number(wanted: re.Match[str], own: re.Match[str], region: str) -> bool:
    code = wanted["code"]
    is_code = not code or code.endswith(own["code"])
    place = places.named(code)  # 大连159号文
    is_place = place is not None and place.name == region
    is_dated = wanted["year"] in (None, own["year"])
    return is_dated and (is_code or is_place)


def _key(name: str) -> str:
    return condensed(name).replace(_NATION, "")


def short_title(title: str) -> str:
    """A title as people say it, without 中华人民共和国."""
    return title.removeprefix(_NATION)


def names_of(document: PolicyDocument) -> list[str]:
    """The official names of a document, condensed: its title, with and without the mark of its version and its
    organ, the code whose volume it is, and its aliases.
    """
    plain = _plain(document.title)
    code, _, volume = plain.partition(" ")
    names = [document.title, plain, _ORDINAL.sub(lambda m: str(to_int(m[1])), plain), *document.aliases]
    if volume:
        names += [code, f"{code}{volume.removesuffix('编')}编", *([volume] if len(volume) > _LEAST else [])]
    if (start := plain.find("关于")) > 0:
        names.append(plain[start:])
    return list(dict.fromkeys(filter(None, map(_key, names))))


def is_former(name: str) -> bool:
    """Whether a name says that a version of the past is meant: 依照原公司法."""
    return bool(_FORMER_NAME.search(name))


def _former_names(document: PolicyDocument) -> list[str]:
    """What a text of the past is called beside the one in force: 原公司法, 旧公司法."""
    is_past = document.status in (Status.AMENDED, Status.REPEALED)
    return [f"{former}{name}" for former in _FORMER for name in names_of(document)] if is_past else []


def _short_names(document: PolicyDocument) -> list[str]:
    """Other names, condensed: the title without its place or with the short name of that, from 关于 and the like
    on, and the name of the file.
    """
    plain = _TRIAL.sub("", _plain(document.title))
    names = [plain] + [
        plain[at:] for m in _BORDERS.finditer(plain) for at in m.span() if len(plain) - m.end() > _LEAST
    ]
    place = places.leading(plain)
    if place and (match := re.match(rf".*?(?:{place.name}|{place.short or place.name})", plain)):
        rest = plain[match.end() :]
        names += [f"{name}{rest}" for name in (place.name, place.short, "") if len(rest) > _LEAST]
    if document.id == document.source_id:
        names.append(file_name(document))
    return list(dict.fromkeys(filter(None, map(_key, names))))


def _plain(title: str) -> str:
    return _VERSION.sub("", title.strip())
