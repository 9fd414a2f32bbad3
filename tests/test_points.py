import pytest

from assistant.points import points


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("一是简化程序；二是缩短时限；三是公开结果。", 3),
        ("应当符合下列条件：（一）年满十八周岁；（二）有固定住所。", 2),
        ("（1）申请；（2）审核；（3）公示。", 3),
        ("①申请②审核", 2),
        ("——政府主导。推动改革。\n——需求导向。统筹规划。", 2),
        ("提出申请。由单位审核；报主管部门备案。", 3),
        ("到2020年，比例达到20%，占1.5个百分点。", 1),
        ("（2018）第3号文件已经废止。", 1),
    ],
)
def test_points_are_the_text_cut_in_its_order(text: str, count: int) -> None:
    found = points(text)
    assert len(found) == count
    assert "".join(found) == text


def test_what_leads_in_stays_with_the_first_point() -> None:
    assert points("条件：（一）年满十八周岁；（二）有固定住所。")[0] == "条件：（一）年满十八周岁；"
