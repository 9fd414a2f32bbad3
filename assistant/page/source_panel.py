"""The source text beside the blocks of a tab: a click on anything that names a clause opens it there."""

from __future__ import annotations

from collections.abc import Mapping

import gradio as gr

from assistant.rendering import Words
from assistant.source_rendering import render_empty_source, source_of
from index.store import ClauseStore


def source_panel(store: ClauseStore, words: Words) -> gr.HTML:
    """The right column of a row of class ``desk``."""
    empty = render_empty_source(words)

    def open_source(wanted: Mapping[str, str]) -> str:
        return source_of(wanted, store, words)

    with gr.Column(elem_classes=["original"]):
        return gr.HTML(
            empty,
            elem_classes=["source-panel"],
            apply_default_css=False,
            empty=empty,
            js_on_load="policyPage.source(element, props, server)",
            server_functions=[open_source],
        )
