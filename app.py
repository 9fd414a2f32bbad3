"""The web page: opens the assistant, lays out the Gradio blocks and wires their events."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tomllib
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.address import listen, url_of
from assistant.conversation import Exchange, growing, history, nearest_clauses
from assistant.errors import AssistantError
from assistant.model import Question
from assistant.rendering import PAGE, Words, load_words, render_conversation, render_header, render_notice
from assistant.settings import Settings, load_settings
from assistant.source_rendering import render_empty_source, source_of
from corpus.errors import CorpusError
from index.errors import IndexingError

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

    from assistant.pipeline import PolicyAssistant

PROBLEMS = (AssistantError, CorpusError, IndexingError)
"""What can be wrong for reasons that its message explains to the user."""

WORKERS = 8
"""Questions that are answered at the same time; the next ones wait in the queue."""

FONTS = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif")
"""Fonts of the user's system: macOS, Windows, Linux. None is loaded."""

Update = dict[Any, Any]
"""New values of some components, by component."""


class Chat:
    """The chat and the source text beside it: their blocks and what happens in them."""

    def __init__(self, assistant: PolicyAssistant, words: Words) -> None:
        self._assistant = assistant
        self._words = words
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        import gradio as gr

        words, examples = self._words, tomllib.loads((PAGE / "examples.toml").read_text(encoding="utf-8"))
        empty = render_empty_source(words)

        def open_source(wanted: Mapping[str, str]) -> str:
            return source_of(wanted, self._assistant.store, words)

        self.exchanges = gr.State(())
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="chat"):
                with gr.Column(elem_id="dialogue"):
                    self.conversation = gr.HTML(
                        render_conversation((), words),
                        elem_id="conversation",
                        apply_default_css=False,
                        html_template=f'<div role="log" aria-label="{words["conversation"]}">${{value}}</div>',
                        js_on_load="policyPage.conversation(element, watch)",
                    )
                    with gr.Row(elem_id="examples"):
                        gr.HTML(words["examples"].format_map(examples), apply_default_css=False)
                        self.examples = [gr.Button(text, size="sm") for text in examples["questions"]]
                with gr.Column(elem_id="composer"):
                    self.notice = gr.HTML(elem_id="notice", apply_default_css=False)
                    self.box = gr.Textbox(
                        label=words["question"],
                        placeholder=words["placeholder"],
                        show_label=False,
                        lines=1,
                        max_lines=6,
                        autofocus=True,
                        elem_id="question",
                    )
                    with gr.Row(elem_id="actions"):
                        self.region = gr.Dropdown(
                            self._regions(),
                            value="",
                            label=words["region"],
                            filterable=False,
                            elem_id="region",
                        )
                        self.clear = gr.Button(words["clear"], elem_id="clear")
                        self.stop = gr.Button(words["stop"], elem_id="stop")
                        self.send = gr.Button(words["send"], variant="primary", elem_id="send")
            with gr.Column(elem_id="original"):
                self.source = gr.HTML(
                    empty,
                    elem_id="source",
                    apply_default_css=False,
                    empty=empty,
                    js_on_load="policyPage.source(element, props, server)",
                    server_functions=[open_source],
                )

    def _regions(self) -> list[tuple[str, str]]:
        regions = dict.fromkeys(document.region for document in self._assistant.store.documents())
        return [(self._words["all_regions"], ""), *((region, region) for region in regions if region)]

    def _wire(self) -> None:
        import gradio as gr

        outputs = [self.conversation, self.exchanges, self.box, self.notice]
        waiting = [self.exchanges, self.box]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        asks = {"concurrency_limit": WORKERS, "concurrency_id": "answer", **quiet}
        written = gr.on(
            [self.box.submit, self.send.click],
            self.respond,
            [self.box, self.region, self.exchanges],
            outputs,
            **asks,
        )
        chosen = [
            example.click(self.respond, [example, self.region, self.exchanges], outputs, **asks)
            for example in self.examples
        ]
        running = [written, *chosen]
        for event in running:
            event.failure(self.give_up, waiting, outputs, **quiet)
        self.stop.click(self.take_back, waiting, outputs, queue=False, cancels=running, **quiet)
        self.clear.click(
            self.start_again, None, [*outputs, self.source], queue=False, cancels=running, **quiet
        )

    async def respond(self, text: str, region: str, exchanges: tuple[Exchange, ...]) -> AsyncIterator[Update]:
        """The answer to a question, claim by claim; a problem gives the question back to the box."""
        if not text.strip():
            yield {self.notice: render_notice(self._words["empty_question"])}
            return
        yield self._show((*exchanges, Exchange(text))) | {self.box: "", self.notice: ""}
        try:
            question = Question(text, region, history(exchanges))
            answer = await asyncio.to_thread(self._assistant.answer, question)
        except PROBLEMS as error:
            yield self._show(exchanges) | {self.box: text, self.notice: render_notice(str(error))}
            return
        nearest = nearest_clauses(answer, self._assistant.store)
        for partial in growing(answer):
            yield self._show((*exchanges, Exchange(text, partial, nearest)))

    def take_back(self, exchanges: tuple[Exchange, ...], box: str, notice: str = "") -> Update:
        """A question that got no answer leaves the conversation and returns to the box."""
        if not exchanges or exchanges[-1].answer:
            return {self.notice: ""}
        *answered, last = exchanges
        returned = "\n".join(filter(None, (last.question, box)))
        return self._show(tuple(answered)) | {self.box: returned, self.notice: notice}

    def give_up(self, exchanges: tuple[Exchange, ...], box: str) -> Update:
        """After a failure that nobody foresaw: says so and gives the question back.

        Gradio reports a stopped event as failed too; then the question is back already.
        """
        return self.take_back(exchanges, box, render_notice(self._words["failed"]))

    def start_again(self) -> Update:
        """An empty conversation."""
        return self._show(()) | {self.notice: "", self.source: render_empty_source(self._words)}

    def _show(self, exchanges: tuple[Exchange, ...]) -> Update:
        return {self.conversation: render_conversation(exchanges, self._words), self.exchanges: exchanges}


def build_page(assistant: PolicyAssistant, words: Words) -> gr.Blocks:
    """The page in one language. Its tabs stand under the header; so far there is the chat."""
    import gradio as gr

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
    import gradio as gr
    from fastapi import FastAPI

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


def serve(settings: Settings) -> None:
    """Serves the page until the process is told to stop. The model loads while the page is open already."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    listener = listen(settings.host, settings.port)
    from assistant.corpus_keeper import keep_in_step
    from assistant.pipeline import PolicyAssistant
    from index.clause_index import ClauseIndex

    keep_in_step(settings, _report)
    assistant = PolicyAssistant.open(settings, _report, ClauseIndex.check)
    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config(build_site(assistant), log_level="warning", timeout_graceful_shutdown=2)
    )
    address = url_of(listener)

    def announce(loaded: Future[None]) -> None:
        if loaded.exception():
            server.should_exit = True
        else:
            print(f"政策问答已就绪：{address}", flush=True)

    _report(f"网页已打开：{address}，正在载入检索模型…")
    with ThreadPoolExecutor(1) as background, suppress(KeyboardInterrupt):
        loading = background.submit(assistant.index.warm_up)
        loading.add_done_callback(announce)
        server.run(sockets=[listener])
    loading.result()


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """``python app.py`` and ``python -m assistant serve``; the exit status is 2 where the page cannot start."""
    parser = argparse.ArgumentParser(prog="app.py", description="政策问答网页")
    parser.add_argument("--data", type=Path, help="数据文件夹（默认 .data）")
    parser.add_argument("--host", help="监听地址（默认 127.0.0.1）")
    parser.add_argument("--port", type=int, help="端口（默认 7860；0 表示任选一个空闲端口）")
    try:
        serve(load_settings(**vars(parser.parse_args(argv))))
    except PROBLEMS as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
