"""The pages of all languages: tabs under a header, behind one address."""

from __future__ import annotations

import gradio as gr
from fastapi import FastAPI

from assistant.page.chat import Chat
from assistant.pipeline import PolicyAssistant
from assistant.rendering import PAGE, Words, load_words, render_header

FONTS = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif")
"""Fonts of the user's system: macOS, Windows, Linux. None is loaded."""


def build_page(assistant: PolicyAssistant, words: Words) -> gr.Blocks:
    """The page in one language. Its tabs stand under the header; so far there is the chat."""
    documents, clauses = len(assistant.store.documents()), sum(assistant.store.clause_counts().values())
    title = f"{words['product']} · {words['promise']}"
    page = gr.Blocks(title=title, fill_width=True, analytics_enabled=False)
    with page:
        gr.HTML(render_header(documents, clauses, words), elem_id="header", apply_default_css=False)
        with gr.Tabs(), gr.Tab(words["chat_tab"]):
            Chat(assistant, words)
    return page


def build_site(assistant: PolicyAssistant) -> FastAPI:
    """The pages of all languages behind one address."""
    site = FastAPI(openapi_url=None)
    script = (PAGE / "page.js").read_text(encoding="utf-8")
    for words in sorted(load_words().values(), key=lambda words: words["path"], reverse=True):
        gr.mount_gradio_app(
            site,
            build_page(assistant, words),
            words["path"],
            theme=gr.themes.Base(font=FONTS, font_mono=FONTS),
            css_paths=sorted(PAGE.glob("*.css")),
            head=f'<script>{script}policyPage.speak("{words["lang"]}");</script>',
            favicon_path=str(PAGE / "favicon.svg") if words["path"] == "/" else None,
            footer_links=[],
            run_history=False,
            show_error=False,
            enable_monitoring=False,
            ssr_mode=False,
        )
    return site
