"""A user at the evaluation tab: what its tests have in common."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browsing import DESKTOP, PHONE, OpenPage

RIGHT = {
    "id": "t-1",
    "question": "大连特岗全科医生聘期几年？",
    "gold": [{"doc": "dalian", "clause": "五/（十六）"}],
    "must_include": [["5年"]],
}
WRONG = {
    "id": "t-2",
    "question": "吉林的乡村医生怎么培训？<img src=x onerror=alert(1)>",
    "gold": [{"doc": "dalian", "clause": "四/（十四）"}],
}
UNANSWERABLE = {"id": "t-3", "question": "今天天气怎么样？", "answerable": False}


def written(file: Path, *cases: object) -> Path:
    file.write_text("\n".join(json.dumps(case, ensure_ascii=False) for case in cases), encoding="utf-8")
    return file


def open_tab(open_page: OpenPage, viewport: dict[str, int] = DESKTOP) -> Page:
    page = open_page(viewport)
    if viewport == PHONE:  # the last tabs stand in a menu
        page.locator(".overflow-menu > button").click()
    page.locator("[role=tab], .overflow-dropdown button").filter(has_text="测评", visible=True).click()
    expect(page.locator("#start-evaluation")).to_be_visible()
    return page


def evaluate(page: Page, file: Path | None = None) -> None:
    if file:
        page.get_by_label("上传的文件").check()
        page.locator("#evaluation-file input[type=file]").set_input_files(file)
        expect(page.locator("#evaluation-file")).to_contain_text(file.stem)
    page.locator("#start-evaluation").click()


def value(page: Page, metric: str) -> str:
    return page.locator(".metrics li", has_text=metric).first.locator("strong").inner_text()
