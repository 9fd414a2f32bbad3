"""Which documents an abbreviated name means, and a name that speaks of a version of the past."""

from __future__ import annotations

import pytest

from assistant.document_names import DocumentNames
from corpus.model import PolicyDocument, Status

BANKS = ("中华人民共和国商业银行法", "中华人民共和国银行业监督管理法", "中华人民共和国中国人民银行法")

ABBREVIATIONS: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    ("银监法", BANKS, ("中华人民共和国银行业监督管理法",)),
    ("银行法", BANKS, ()),
    ("消保法", ("中华人民共和国消费者权益保护法",), ("中华人民共和国消费者权益保护法",)),
    ("消费法", ("中华人民共和国消费者权益保护法",), ()),
    ("国资法", ("国有资产评估管理办法",), ()),
    ("工伤条例", ("工伤保险条例", "失业保险条例"), ("工伤保险条例",)),
    ("安全法", ("安全生产法", "网络安全法", "安全生产许可证条例"), ("安全生产法", "网络安全法")),
    ("生产法", ("安全生产法",), ()),
]


@pytest.mark.parametrize(("name", "titles", "meant"), ABBREVIATIONS)
def test_an_abbreviation_means_what_it_fits_and_cuts_no_word(
    name: str, titles: tuple[str, ...], meant: tuple[str, ...]
) -> None:
    names = DocumentNames(PolicyDocument(title, title, title) for title in titles)
    assert tuple(document.title for document in names.titled(name)) == meant


@pytest.mark.parametrize("name", ["原公司法", "旧公司法", "旧版的中华人民共和国公司法", "修订前的《公司法》"])
@pytest.mark.parametrize("past", [("2013",), ("2013", "2018")])
def test_a_name_of_the_past_means_all_versions_of_the_past(name: str, past: tuple[str, ...]) -> None:
    versions = [PolicyDocument(year, year, "中华人民共和国公司法", status=Status.AMENDED) for year in past]
    names = DocumentNames([*versions, PolicyDocument("2023", "2023", "中华人民共和国公司法")])
    assert tuple(document.id for document in names.titled(name)) == past
