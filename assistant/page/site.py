"""The pages of all languages: tabs under a header, behind one address."""

from __future__ import annotations

import gradio as gr
from fastapi import FastAPI

from assistant.evaluation.run_library import FOLDER
from assistant.evaluation.sets.files import MAX_BYTES
from assistant.feedback.desk import FeedbackDesk
from assistant.page.chat import Chat
from assistant.page.check_tab import CheckTab
from assistant.page.compare_tab import CompareTab
from assistant.page.downloads import KEPT
from assistant.page.evaluation_tab import EvaluationTab
from assistant.page.evidence import add_evidence
from assistant.page.lookup_tab import LookupTab
from assistant.pipeline import PolicyAssistant
from assistant.rendering import PAGE, Words, load_words, render_header
from assistant.settings import Settings, Tab

FONTS = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif")
"""Fonts of the user's system: macOS, Windows, Linux. None is loaded."""


def build_page(
    assistant: PolicyAssistant, feedback: FeedbackDesk, settings: Settings, words: Words
) -> gr.Blocks:
    """The page in one language. Its tabs stand under the header."""
    documents, clauses = len(assistant.store.documents()), sum(assistant.store.clause_counts().values())
    title = f"{words['product']} · {words['promise']}"
    page = gr.Blocks(title=title, fill_width=True, analytics_enabled=False, delete_cache=(KEPT, KEPT))
    with page:
        gr.HTML(render_header(documents, clauses, words), elem_id="header", apply_default_css=False)
        with gr.Tabs():
            if Tab.CHAT in settings.tabs:
                with gr.Tab(words["chat_tab"]):
                    page.unload(Chat(assistant, feedback, words).leave)
            if Tab.LOOKUP in settings.tabs:
                with gr.Tab(words["lookup_tab"]):
                    LookupTab(assistant, words)
            if Tab.CHECK in settings.tabs:
                with gr.Tab(words["check_tab"]):
                    CheckTab(assistant, words)
            if Tab.COMPARE in settings.tabs:
                with gr.Tab(words["compare_tab"]):
                    CompareTab(assistant, words)
            if Tab.EVALUATION in settings.tabs:
                with gr.Tab(words["evaluation_tab"]) as tab:
                    EvaluationTab(assistant, settings, words).wire(tab)
    return page


def build_site(assistant: PolicyAssistant, feedback: FeedbackDesk, settings: Settings) -> FastAPI:
    """The pages of all languages behind one address."""
    site = FastAPI(openapi_url=None)
    add_evidence(site, assistant, feedback)
    script = (PAGE / "page.js").read_text(encoding="utf-8")
    for words in sorted(load_words().values(), key=lambda words: words["path"], reverse=True):
        gr.mount_gradio_app(
            site,
            build_page(assistant, feedback, settings, words),
            words["path"],
            theme=gr.themes.Base(font=FONTS, font_mono=FONTS),
            css_paths=sorted(PAGE.glob("*.css")),
            head=f'<script>{script}policyPage.speak("{words["lang"]}");policyPage.follow("{words["lookup_tab"]}");</script>',
            favicon_path=str(PAGE / "favicon.svg") if words["path"] == "/" else None,
            footer_links=[],
            allowed_paths=[str(settings.data.absolute() / FOLDER)] if Tab.EVALUATION in settings.tabs else [],
            max_file_size=2 * MAX_BYTES,
            run_history=False,
            show_error=False,
            enable_monitoring=False,
            ssr_mode=False,
        )
    return site
