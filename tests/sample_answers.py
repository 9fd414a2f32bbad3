"""An answer that cites both policies, as claims under their places and as a comparison."""

from __future__ import annotations

from dataclasses import replace

from assistant.model import Answer, Citation, Claim, ComparisonTable, Row, Status
from corpus.model import Status as DocumentStatus

DALIAN = Citation(
    1,
    "dalian:五/（十七）",
    "大连意见",
    "大政办发〔2018〕159号",
    "五、（十七）",
    "大连市",
    DocumentStatus.IN_FORCE,
    "连续工作满10年的，可直接取得副高级职称",
    10,
    30,
)
JILIN = Citation(
    2,
    "jilin:四/（五）/23",
    "吉林方案",
    "",
    "四、（五）23",
    "吉林省",
    DocumentStatus.CONSULTATION,
    "在贫困县农村基层连续工作满10年",
    40,
    60,
)
ANSWER = Answer(
    "怎样直接取得副高？",
    Status.ANSWERED,
    "……",
    (Claim("连续工作满10年。", (1,), "大连市"), Claim("在贫困县工作满10年。", (2,), "吉林省")),
    (DALIAN, JILIN),
)

COMPARED = replace(
    ANSWER,
    table=ComparisonTable(
        ("大连市", "吉林省"),
        (
            Row("职称晋升政策", ((ANSWER.claims[0],), (ANSWER.claims[1],))),
            Row("偏远海岛", ((ANSWER.claims[0],), ())),
        ),
    ),
)
