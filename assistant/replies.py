"""What a declined answer says: one reply for each reason, and the nearest clauses by name."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.model import Status
from corpus.model import Clause, PolicyDocument

_REPLIES = {
    Status.NEEDS_DETAIL: "请把问题说得具体一些：想了解哪个地区、哪类人员、哪方面的规定？",
    Status.NOT_FOUND: "所收录的文件没有写明这一点。",
    Status.OUT_OF_SCOPE: "这个问题不在所收录政策文件的范围内，无法依据文件回答。",
    Status.UNSUPPORTED: "没有找到经得起核对的原文依据，因此不作回答。",
    Status.MODEL_UNAVAILABLE: "语言模型暂时不可用，请稍后再试。",
}


def reason(
    status: Status,
    documents: Sequence[PolicyDocument],
    *,
    unknown: str = "",
    uncovered: Sequence[str] = (),
) -> str:
    """Why there is no answer, in particular where a named document or place is not in the corpus."""
    if unknown:
        return f"所收录的文件里没有{unknown}的正文，只收录了：{_titles(documents)}。"
    if uncovered and status is Status.NOT_FOUND:
        regions = "、".join(dict.fromkeys(document.region for document in documents if document.region))
        return f"{left_out(uncovered).rstrip('。')}；目前收录的地区有：{regions}。"
    return _REPLIES[status]


def left_out(uncovered: Sequence[str]) -> str:
    """What an answer says of places that the question names and no document binds; "" for none."""
    return f"没有收录{'、'.join(uncovered)}的政策文件。" if uncovered else ""


def naming(nearest: Sequence[Clause]) -> str:
    """The nearest clauses by label and heading, as a sentence; "" for none."""
    names = "；".join(f"{clause.label}“{clause.heading}”" for clause in nearest)
    return f"最接近的条款：{names}。" if names else ""


def _titles(documents: Sequence[PolicyDocument]) -> str:
    names = [f"《{document.title}》{document.number}" for document in documents[:3]]
    return "、".join(names) + (f"等 {len(documents)} 份" if len(documents) > 3 else "")
