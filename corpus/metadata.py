"""What a document says of itself: title, number, issuer, date, status, place, bases.

Everything is read from the head and the signature of the document; what they do not state stays
empty and can only come from the catalog.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus import places
from corpus.labels import starts_with_label
from corpus.model import Basis, PolicyDocument, ResponsibleUnit, Status, UnitRole

DOCUMENT_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{2,12}?(?:发|函|办|字|规|令|通|政)?[〔\[［（(【]\s*(?:19|20)\d{2}\s*[〕\]］）)】]\s*(?:第\s*)?\d{1,4}\s*号"
)
"""发文字号: 机关代字 + 〔年份〕 + 序号 (GB/T 9704-2012, 7.2.5), with the brackets that people type."""

_GENRES = (
    "意见|通知|通报|公告|通告|公报|决定|决议|方案|办法|规定|条例|细则|规划|纲要|计划|批复|函|报告|请示|命令|令"
    "|法|法典|准则|标准|规则|解释|解答|指南|指引|措施|要点|制度|规范|章程|公约|协定|安排|修正案|暂行办法|清单|目录|须知|程序"
)
TITLE_END = re.compile(rf"(?:{_GENRES})(?:[（(].{{1,20}}[）)])?$")
_SENTENCE = re.compile("[。；！？]")

_STATUS_WORDS = (
    (re.compile(r"征求意见\s*\d*\s*稿|征求意见"), Status.CONSULTATION),
    (re.compile(r"草案|送审稿|讨论稿|审议稿|修订稿"), Status.DRAFT),
    (re.compile(r"已废止|已失效"), Status.REPEALED),
)

_ORGAN = (
    r"[\u4e00-\u9fff]{2,30}?(?:人民政府办公厅|人民政府办公室|人民政府|办公厅|办公室|委员会|人民代表大会常务委员会"
    r"|人民代表大会|人民法院|人民检察院|国务院|委|厅|局|部|署|院)"
)
_ISSUER_IN_TITLE = re.compile(rf"^(?P<issuer>{_ORGAN})(?:关于|转发|印发|、)")
_ISSUER_IN_HEADER = re.compile(
    r"(?P<issuer>全国人民代表大会常务委员会|全国人民代表大会|国务院(?=令|发布|公布|批准|第)|最高人民法院|最高人民检察院"
    r"|[\u4e00-\u9fff]{2,8}(?:省|市|自治区)(?=第[\u4e00-\u9fff]+届人民代表大会))(?P<standing>常务委员会)?"
)
_DATE = re.compile(r"((?:19|20)\d{2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_BASIS = re.compile(
    rf"《(?P<title>[^《》]*(?:《[^《》]*》[^《》]*)*)》(?:[（(](?P<number>{DOCUMENT_NUMBER.pattern})[）)])?"
)
_UNITS = re.compile(
    r"[（(](?=(?:牵头|配合|责任|参与|协办)单位[：:])"
    r"(?P<body>[^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*)[）)]\s*$"
)
_NATIONAL = re.compile("中华人民共和国|全国人民代表大会|国务院|最高人民|中共中央")
_ROLES = {
    "牵头": UnitRole.LEAD,
    "责任": UnitRole.RESPONSIBLE,
    "配合": UnitRole.SUPPORT,
    "参与": UnitRole.SUPPORT,
    "协办": UnitRole.SUPPORT,
}


def find_title(lines: Sequence[str], limit: int = 12) -> str | None:
    """The title among the first lines of a document, joined where it is broken over up to three lines."""
    for start in range(min(limit, len(lines))):
        joined, found = "", None
        for line in lines[start : start + 3]:
            if not _may_belong_to_title(line):
                break
            joined += line.strip()
            found = joined if _is_title(joined) else found
        if found:
            return found
    return None


def _may_belong_to_title(line: str) -> bool:
    text = line.strip()
    is_number = DOCUMENT_NUMBER.fullmatch(text.strip("（）()"))
    return (
        bool(text)
        and len(text) <= 80
        and not (
            is_number
            or starts_with_label(text)
            or _SENTENCE.search(text)
            or text.endswith(("：", ":"))
            or re.fullmatch(r"附\s*[件录表]\s*\S{0,3}|[（(【].*[）)】]", text)
            or _DATE.match(text)
        )
    )


def _is_title(text: str) -> bool:
    return len(text) >= 4 and not text.startswith(("（", "(")) and bool(TITLE_END.search(text))


def describe(
    document_id: str,
    source_id: str,
    head: Sequence[str],
    signature: Sequence[str],
    fallback_title: str,
    marked_title: str = "",
) -> PolicyDocument:
    """The document as its head and signature state it.

    ``marked_title`` is a title that the source marks as one (Markdown); ``fallback_title`` is a
    mere name for a document without title.
    """
    title = marked_title or find_title(head) or fallback_title
    issuer = _issuer(title, head, signature)
    return PolicyDocument(
        id=document_id,
        source_id=source_id,
        title=title,
        number=_own_number(head),
        issuer=issuer,
        date=_date(head, signature),
        status=_status(head, title),
        region=_region(title, issuer),
        bases=bases_of("".join(head)),
    )


def _own_number(head: Sequence[str]) -> str:
    """A number that fills a line of the head is the document's own."""
    for line in head:
        text = line.strip().strip("（）()")
        if DOCUMENT_NUMBER.fullmatch(text):
            return normal_number(text)
    return ""


def normal_number(number: str) -> str:
    """A document number with the brackets of the standard and without blanks: 国办发〔2018〕3号."""
    text = re.sub(r"\s+", "", number)
    return re.sub(r"[〔\[［（(【]((?:19|20)\d{2})[〕\]］）)】]第?0*(\d+)号", r"〔\1〕\2号", text)


def _issuer(title: str, head: Sequence[str], signature: Sequence[str]) -> str:
    if match := _ISSUER_IN_TITLE.match(title):
        return match["issuer"]
    for line in signature:
        if re.fullmatch(_ORGAN, line.strip()):
            return line.strip()
    for line in reversed(head):
        if _DATE.search(line) and (match := _ISSUER_IN_HEADER.search(line)):
            suffix = "人民代表大会" + (match["standing"] or "") if match["issuer"][-1] in "省市区" else ""
            return match["issuer"] + suffix
    return ""


def _date(head: Sequence[str], signature: Sequence[str]) -> str:
    """Date of the signature, else the latest date of adoption or issue in the head."""
    for line in signature:
        if match := re.fullmatch(_DATE, line.strip()):
            return _iso(match)
    issued = [
        match
        for line in head
        if re.search("通过|公布|发布|修订|修正|印发", line) and (match := _DATE.match(line.strip()))
    ]
    return max(map(_iso, issued), default="")


def _iso(match: re.Match[str]) -> str:
    year, month, day = map(int, match.groups())
    return f"{year:04}-{month:02}-{day:02}"


def _status(head: Sequence[str], title: str) -> Status:
    """Status that the title states, or a line of its own in brackets: （征求意见稿）."""
    stated = [title, *(line for line in head if re.fullmatch(r"\s*[（(【].{2,20}[）)】]\s*", line))]
    for pattern, status in _STATUS_WORDS:
        if any(pattern.search(line) for line in stated):
            return status
    return Status.UNKNOWN


def _region(title: str, issuer: str) -> str:
    if _NATIONAL.match(issuer) or _NATIONAL.match(title):
        return places.NATION
    place = places.leading(title) or places.leading(issuer)
    return place.name if place else ""


def bases_of(text: str) -> tuple[Basis, ...]:
    """Documents that a text names in title marks, each once, with their numbers where given."""
    found = (Basis(match["title"], normal_number(match["number"] or "")) for match in _BASIS.finditer(text))
    return tuple(dict.fromkeys(found))


def units_of(text: str) -> tuple[ResponsibleUnit, ...]:
    """Responsible bodies in the bracket that closes a clause: （牵头单位：…；配合单位：…）."""
    match = _UNITS.search(text)
    if not match:
        return ()
    units: list[ResponsibleUnit] = []
    for part in re.split("[；;]", match["body"]):
        role, _, names = part.partition("：") if "：" in part else part.partition(":")
        if (key := role.strip()[:2]) in _ROLES:
            units += [
                ResponsibleUnit(_ROLES[key], name.strip())
                for name in re.split("[、，,]", names)
                if name.strip()
            ]
    return tuple(units)
