"""A corpus of a few lines for tests of the index; one clause is long enough for sentences with vectors of their own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from corpus import library
from index.model import PendingSource

PAY = """海州市人民政府办公室关于全科医生薪酬的意见
海政办发〔2021〕7号
各县区人民政府：
一、薪酬
（一）绩效工资。乡镇卫生院全科医生的绩效工资总量上浮20%。村医补助每月300元。\
总量核定后，由单位按岗位职责、工作数量、服务质量和考核结果自主分配，重点向一线岗位、业务骨干和成绩突出的人员倾斜。（责任单位：市财政局）
（二）签约服务费。签约服务费的70%用于人员薪酬。
二、职称
（三）职称评审。在乡镇卫生院连续工作满10年的全科医生，可直接取得副高级职称。
"""

DRAFT = """云岭省全科医生培养实施方案
（征求意见稿）
一、院校教育
（一）招生。医学院校扩大全科医学专业招生规模。
（二）职称。基层全科医生申报高级职称，外语成绩不作为条件。
"""


def write_corpus(folder: Path, texts: Mapping[str, str], catalog: str = "") -> list[PendingSource]:
    """Writes the texts as files, alone in the folder, and gives them as sources for an update."""
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    if catalog:
        (folder / library.CATALOG).write_text(catalog, encoding="utf-8")
    found = library.find_sources([folder]) if texts else []
    return [PendingSource(file.id, library.digest(file), partial(library.load, file)) for file in found]
