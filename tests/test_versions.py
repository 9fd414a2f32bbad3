from corpus.model import PolicyDocument, Status
from corpus.versions import with_superseded


def version(id_: str, date: str, **facts: str) -> PolicyDocument:
    return PolicyDocument(id_, id_, facts.pop("title", "个体工商户条例"), date=date, **facts)  # type: ignore[arg-type]


def test_the_older_of_two_versions_is_superseded() -> None:
    old, new = with_superseded([version("2011", "2011-04-16"), version("2016", "2016-02-06")])
    assert old.status is Status.AMENDED
    assert new.status is Status.UNKNOWN


def test_a_mark_of_revision_in_the_title_makes_no_other_instrument() -> None:
    revised = version("2016", "2016-02-06", title="个体工商户条例（2016年修订）")
    assert with_superseded([version("2011", "2011-04-16"), revised])[0].status is Status.AMENDED


def test_nothing_is_superseded_by_a_draft_by_another_place_or_without_a_date() -> None:
    draft = version("draft", "2024-01-01", status=Status.CONSULTATION)
    elsewhere = version("elsewhere", "2024-01-01", region="吉林省")
    undated = version("undated", "")
    old = version("2011", "2011-04-16")
    assert with_superseded([old, draft, elsewhere, undated])[0].status is Status.UNKNOWN
    assert with_superseded([undated, old])[0].status is Status.UNKNOWN


def test_a_status_that_is_stated_stays() -> None:
    stated = version("2011", "2011-04-16", status=Status.IN_FORCE)
    assert with_superseded([stated, version("2016", "2016-02-06")])[0].status is Status.IN_FORCE
