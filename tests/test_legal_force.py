import pytest

from corpus.legal_force import is_law
from corpus.model import PolicyDocument, Status


@pytest.mark.parametrize(
    ("title", "issuer", "region", "expected"),
    [
        ("中华人民共和国宪法", "", "全国", True),
        ("中华人民共和国劳动合同法", "", "全国", True),
        ("中华人民共和国公司法（2023修订）", "", "全国", True),
        ("中华人民共和国企业破产法（试行）", "", "全国", True),
        ("中华人民共和国民法典 合同编", "", "全国", True),
        ("中华人民共和国公司法〔2018修正〕（节选）", "全国人民代表大会常务委员会", "全国", True),
        ("中华人民共和国劳动合同法 学习问答", "", "全国", False),
        ("最高人民法院关于审理劳动争议案件适用中华人民共和国劳动合同法", "最高人民法院", "全国", False),
        ("水质氨氮的测定蒸馏滴定法", "", "", False),
        ("工伤保险条例", "国务院", "全国", False),
        ("医疗机构管理办法", "", "全国", False),
        ("国务院办公厅关于改革完善全科医生培养与使用激励机制的意见", "国务院办公厅", "全国", False),
        ("最高人民法院关于适用《中华人民共和国民法典》的解释", "最高人民法院", "全国", False),
        ("中华人民共和国药品管理法实施条例", "国务院", "全国", False),
        ("上海市实施《中华人民共和国妇女权益保障法》办法", "", "上海市", False),
        ("浙江省医疗保障条例", "浙江省人民代表大会常务委员会", "浙江省", False),
        ("全科医生培养的五种做法", "", "", False),
    ],
)
def test_laws_are_what_the_national_legislature_passes(
    title: str, issuer: str, region: str, expected: bool
) -> None:
    assert is_law(PolicyDocument("d", "d", title, issuer=issuer, region=region)) is expected


@pytest.mark.parametrize("status", [Status.AMENDED, Status.REPEALED, Status.DRAFT, Status.CONSULTATION])
def test_a_text_that_is_not_in_force_is_no_law(status: Status) -> None:
    assert not is_law(PolicyDocument("d", "d", "中华人民共和国公司法", region="全国", status=status))
