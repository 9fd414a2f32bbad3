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


def test_plans_and_notices_of_every_year_do_not_supersede_each_other() -> None:
    plans = [
        version("a", "2016-01-01", title="年度重点工作任务"),
        version("b", "2017-01-01", title="年度重点工作任务"),
    ]
    assert [document.status for document in with_superseded(plans)] == [Status.UNKNOWN] * 2


def test_amendments_of_different_years_are_instruments_of_their_own() -> None:
    amendments = [
        version("1988", "1988-04-12", title="中华人民共和国宪法修正案（1988年）"),
        version("1993", "1993-03-29", title="中华人民共和国宪法修正案（1993年）"),
    ]
    assert [document.status for document in with_superseded(amendments)] == [Status.UNKNOWN] * 2


def test_dates_are_compared_only_to_the_day() -> None:
    assert with_superseded([version("a", "2019-05"), version("b", "2019-05-06")])[0].status is Status.UNKNOWN
