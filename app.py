"""The web page: builds the index and the assistant, and serves the site over them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from assistant.address import listen, url_of
from assistant.errors import PROBLEMS
from assistant.settings import Settings, load_settings


def serve(settings: Settings) -> None:
    """Serves the page until the process is told to stop. The model loads while the page is open already."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    listener = listen(settings.host, settings.port)
    from assistant.corpus_keeper import keep_in_step
    from assistant.feedback.desk import FeedbackDesk
    from assistant.pipeline import PolicyAssistant
    from index.clause_index import ClauseIndex

    keep_in_step(settings, _report)
    assistant = PolicyAssistant.open(settings, _report, ClauseIndex.check)
    import uvicorn

    from assistant.page.site import build_site

    site = build_site(assistant, FeedbackDesk.over(assistant, settings), settings)
    server = uvicorn.Server(uvicorn.Config(site, log_level="warning", timeout_graceful_shutdown=2))
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
