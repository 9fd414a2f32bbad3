"""The command ``doctor``: what is configured, and whether the language model answers, how, and how fast."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from assistant.settings import Settings, load_settings
from index.errors import IndexingError

if TYPE_CHECKING:
    from assistant.chains.language_model import LanguageModel

_WELL, _SILENT = 0, 1

_PROMPT = '请列出中国的十个省会城市，只用 JSON 回答：{"cities": ["城市", …]}'
_SCHEMA = {
    "type": "object",
    "properties": {"cities": {"type": "array", "items": {"type": "string"}}},
    "required": ["cities"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class IndexState:
    """The index of the data folder; ``problem`` is empty where it can be used."""

    encoder: str
    sources: int = 0
    clauses: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ModelState:
    """The language model of the settings. The endpoint is without credentials, and the key stays untold."""

    name: str
    endpoint: str
    has_key: bool
    timeout: float  # seconds
    writes: bool  # answers, and not only judgements


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one question to the model."""

    answers: bool
    structured_output: str = ""
    replies_in_json: bool = False
    first_text_ms: float = 0
    tokens_per_second: float | None = None  # estimated; None where the reply came in one piece
    problem: str = ""


def add_doctor(
    commands: argparse._SubParsersAction[Any],
    common: argparse.ArgumentParser,
    as_json: argparse.ArgumentParser,
) -> None:
    """Adds ``doctor`` to the command line."""
    doctor = commands.add_parser("doctor", parents=[common, as_json], help="检查设置，试问语言模型")
    doctor.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    settings = load_settings(data=options.data)
    index, model, trial = _index_state(settings), None, None
    if settings.llm_model:
        model, trial = _tried(settings)
    if options.json:
        found = {"index": index, "model": model, "trial": trial}
        document = {name: part and asdict(part) for name, part in found.items()}
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print(_index_line(index), _model_line(model), *([_trial_line(trial)] if trial else []), sep="\n")
    return _SILENT if trial and not trial.answers else _WELL


def _index_state(settings: Settings) -> IndexState:
    from assistant.corpus_keeper import encoder_choice
    from index.clause_index import ClauseIndex

    try:
        index = ClauseIndex(
            settings.data,
            encoder_choice(settings),
            dictionary=settings.dictionary,
            chroma_url=settings.chroma_url,
        )
        index.check()
    except IndexingError as error:
        return IndexState(settings.encoder, problem=str(error))
    return IndexState(settings.encoder, index.manifest.sources, index.manifest.clauses)


def _tried(settings: Settings) -> tuple[ModelState, Trial]:
    from assistant.chains.language_model import LanguageModel

    model = LanguageModel.load(settings)
    key = settings.llm_api_key
    state = ModelState(
        model.name,
        model.endpoint,
        bool(key and key.get_secret_value()),
        settings.llm_timeout,
        settings.llm_writes,
    )
    print(f"正在向语言模型提问（至多 {settings.llm_timeout:g} 秒）……", file=sys.stderr, flush=True)
    return state, _trial(model)


def _trial(model: LanguageModel) -> Trial:
    from assistant.chains.errors import ModelError
    from assistant.chains.reply_reading import TOKENS_A_CHARACTER

    pieces, times = [], [time.perf_counter()]
    try:
        for piece in model.stream(_PROMPT, model.allowance(), _SCHEMA):
            pieces.append(piece)
            times.append(time.perf_counter())
    except ModelError as error:
        return Trial(False, problem=str(error))
    written = len("".join(pieces[1:])) * TOKENS_A_CHARACTER
    return Trial(
        True,
        model.structured_output.value,
        _is_object("".join(pieces)),
        round((times[1] - times[0]) * 1000, 1),
        round(written / (times[-1] - times[1]), 1) if written else None,
    )


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _index_line(index: IndexState) -> str:
    if index.problem:
        return f"索引：不能用（编码器 {index.encoder}）。{index.problem}"
    return f"索引：可用，{index.sources} 个来源、{index.clauses} 条（编码器 {index.encoder}）"


def _model_line(model: ModelState | None) -> str:
    if model is None:
        return "语言模型：没有配置，回答由原文句子组成（设置 POLICY_LLM_MODEL 等可以启用）"
    key = "已设置密钥" if model.has_key else "没有密钥"
    use = "写回答和评审" if model.writes else "只用于评审（POLICY_LLM_WRITES 已关闭）"
    return f"语言模型：{model.name}（{model.endpoint}），{key}，每个回答至多 {model.timeout:g} 秒，{use}"


def _trial_line(trial: Trial) -> str:
    if not trial.answers:
        return f"试问：没有回答。{trial.problem}"
    speed = (
        "一次给出全部" if trial.tokens_per_second is None else f"每秒约 {trial.tokens_per_second:g} 个 token"
    )
    form = "是 JSON" if trial.replies_in_json else "不是 JSON"
    return (
        f"试问：有回答，{trial.first_text_ms:g} 毫秒后出第一个字，{speed}；"
        f"结构化输出 {trial.structured_output}，回答{form}"
    )
