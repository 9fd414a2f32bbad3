"""The tab to look clauses up: search as you type, documents to fold out, a clause in its context."""

from __future__ import annotations

import gradio as gr

from assistant.clause_search import ClauseBrowser
from assistant.clause_view import ClauseReader
from assistant.page.lookup_rendering import (
    render_choice,
    render_documents,
    render_hits,
    render_outline,
    render_search,
    render_view,
)
from assistant.pipeline import PolicyAssistant
from assistant.rendering import Words
from index.errors import UnknownIdError


class LookupTab:
    """What is found on the left, the clause on the right."""

    def __init__(self, assistant: PolicyAssistant, words: Words) -> None:
        self._store = assistant.store
        self._finder = assistant.finder
        self._browser = ClauseBrowser(assistant.store, assistant.finder)
        self._reader = ClauseReader(assistant.store, assistant.finder)
        self._words = words
        self._lay_out()

    def _lay_out(self) -> None:
        words = self._words

        def open_clause(clause_id: str) -> str:
            return self.clause(clause_id)

        def find_clauses(typed: str) -> str:
            return self.find(typed)

        def open_outline(document_id: str) -> str:
            return self.outline(document_id)

        with gr.Row(elem_classes=["desk", "lookup"]):
            with gr.Column(elem_id="lookup", elem_classes=["tool"]):
                gr.HTML(
                    render_search(words),
                    elem_id="lookup-search",
                    apply_default_css=False,
                    js_on_load="policyPage.search(element, server)",
                    server_functions=[find_clauses],
                )
                gr.HTML(
                    render_documents(self._store.documents(), words),
                    elem_id="lookup-tree",
                    apply_default_css=False,
                    js_on_load="policyPage.outline(element, server)",
                    server_functions=[open_outline],
                )
            with gr.Column(elem_classes=["original"]):
                gr.HTML(
                    f'<p class="source-empty">{words["lookup_empty"]}</p>',
                    elem_id="clause",
                    apply_default_css=False,
                    js_on_load=f'policyPage.reader(element, props, server, "{words["copied"]}")',
                    server_functions=[open_clause],
                )

    def find(self, typed: str) -> str:
        """What the words typed so far find; nothing for nothing."""
        return render_hits(self._browser.search(typed), self._words) if typed.strip() else ""

    def clause(self, clause_id: str) -> str:
        """The clause that an id or a reference names, in its context; for what is none, what comes nearest."""
        found = self._finder.lookup(clause_id)
        if len(found.matches) != 1:
            return render_choice(found, self._words)
        return render_view(self._reader.view(found.matches[0]), self._words)

    def outline(self, document_id: str) -> str:
        """The outline of a document; nothing for what is none."""
        try:
            return render_outline(self._browser.outline(document_id))
        except UnknownIdError:
            return ""
