import pytest

from assistant.figures import figures, short_answer
from assistant.kinds import Kind

TERM = "5年聘任期内，特岗全科医生执行国家统一的工资制度和标准。"
TRAINING = "每2年对全市乡村医生开展一次不少于100学时的系统性培训。"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (TERM, [("5年", 5, "年")]),
        ("连续工作满10年的", [("满10年", 10, "年")]),
        ("到2020年，每万名居民拥有2名以上", [("2名以上", 2, "名")]),
        ("按照50%-70%比例", [("50%-70%", 50, "%")]),
        ("年满十八周岁", [("满十八周岁", 18, "岁")]),
        ("可提前一年参加考试", [("提前一年", 1, "年")]),
        ("100课时", [("100课时", 100, "学时")]),
        ("第十条、二、三级医院", []),
        ("2018年12月31日", []),
    ],
)
def test_quantities_with_their_units(text: str, found: list[tuple[str, float, str]]) -> None:
    assert [(figure.text, figure.value, figure.unit) for figure in figures(text)] == found


@pytest.mark.parametrize(
    ("kinds", "quote", "answer"),
    [
        ([Kind.DURATION], TERM, "5年"),
        ([Kind.DURATION], TRAINING, ""),  # 每2年 or 100学时: a choice is no answer
        ([Kind.COUNT], "每个乡镇卫生院配置2名，每个服务站1名", ""),
        ([Kind.GENERAL], TERM, ""),
        (
            [Kind.DURATION],
            "全科专业住院医师规范化培训合格、取得中级职称后连续工作满10年的",
            "",
        ),  # not beside 聘期
    ],
)
def test_a_short_answer_is_the_one_figure_of_the_kind_asked_for(
    kinds: list[Kind], quote: str, answer: str
) -> None:
    assert short_answer(kinds, {"特岗", "聘任", "任期"}, quote) == answer
