"""Gates: limits that a run must keep, absolute ones and those that count from a baseline."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from assistant.errors import AssistantError
from assistant.evaluation.comparison import Pair, shared
from assistant.evaluation.judge import GRADES
from assistant.evaluation.measures import METRICS, Better, Kind, Metric
from assistant.evaluation.results import EvaluationRun, GateResult, Mode, Score, ScoredCase
from assistant.evaluation.run_folder import StoredRun
from assistant.evaluation.summaries import summarize

TOLERANCE = 0.02
"""How much worse than the baseline a share may be where nothing else is said."""

_EXACT = 9  # decimals; what is left is the noise of adding up


class GateError(AssistantError):
    """Gates cannot be read, or do not fit the run."""


@dataclass(frozen=True, slots=True)
class Gates:
    """Limits by metric.

    ``absolute``: the least value of a metric that should be high, the greatest of any other. ``regression``: by how
    much it may be worse than in the baseline; ``default`` is for shares that ``regression`` does not name.
    ``needs_baseline`` tells gates that somebody wrote to count from one.
    """

    absolute: Mapping[str, float] = field(default_factory=dict)
    regression: Mapping[str, float] = field(default_factory=dict)
    default: float = TOLERANCE
    needs_baseline: bool = False


DEFAULT = Gates()
"""No share may be worse than in the baseline by more than the tolerance."""

_Limit = Annotated[float, Field(allow_inf_nan=False)]
_Loss = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _File(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    absolute: dict[str, _Limit] = {}
    regression: dict[str, _Loss] = {}


def load(path: Path) -> Gates:
    """The gates of a TOML file: tables ``[absolute]`` and ``[regression]``, each with ``metric = limit``.

    Raises:
        GateError: it cannot be read, or names what is no metric, no limit, or a limit that no share can have.
    """
    try:
        file = _File.model_validate(tomllib.loads(path.read_bytes().decode()))
    except OSError as error:
        raise GateError(f"门槛文件“{path}”无法读取：{error.strerror}；请检查路径和权限") from error
    except UnicodeDecodeError as error:
        raise GateError(f"门槛文件“{path}”不是 UTF-8 编码；请另存为 UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise GateError(
            f"门槛文件“{path}”不是有效的 TOML（{error}）；请按行修正，含 @ 的指标名要加引号"
        ) from error
    except ValidationError as error:
        raise GateError(f"门槛文件“{path}”有误：{'；'.join(map(_explain, error.errors()))}") from error
    regression = dict(file.regression)
    default = regression.pop("default", TOLERANCE)
    gates = Gates(file.absolute, regression, default, "regression" in file.model_fields_set)
    _check_names(path, gates)
    _check_shares(path, {"absolute": gates.absolute, "regression": {"default": default, **regression}})
    return gates


def check_mode(gates: Gates, mode: Mode, *, is_judged: bool = True) -> None:
    """Whether a run of this mode, with a language model as judge or without, measures what the gates name.

    Raises:
        GateError: it does not.
    """
    measured = {metric.name for metric in METRICS[mode]}
    if missing := sorted({*gates.absolute, *gates.regression} - measured):
        raise GateError(
            f"门槛里的 {'、'.join(missing)} 在这种评测里不测；请从门槛文件删去，或去掉（加上）--retrieval-only"
        )
    if not is_judged and (graded := sorted({*gates.absolute, *gates.regression} & set(GRADES))):
        raise GateError(
            f"门槛里的 {'、'.join(graded)} 要由语言模型评审才有；请加上 --judge，或从门槛文件删去"
        )


def check(gates: Gates, run: StoredRun, baseline: StoredRun | None) -> tuple[GateResult, ...]:
    """What every gate says of a run; those that count from a baseline hold over the questions that both have.

    Raises:
        GateError: a metric that the gates name is not defined for these questions.
    """
    check_mode(gates, run.run.setup.mode)
    found = [*_absolute(gates, run.run), *(_regressions(gates, run.run, baseline.run) if baseline else ())]
    return tuple(found)


def _absolute(gates: Gates, run: EvaluationRun) -> Iterator[GateResult]:
    for metric in METRICS[run.setup.mode]:
        if metric.name in gates.absolute:
            limit = gates.absolute[metric.name]
            value = _defined(metric, run.summary.get(metric.name))
            holds = _is_within(_loss(metric, limit, value), 0)
            behind = [r for r in run.results if not _is_good(metric, metric.of(r), limit)]
            yield GateResult(metric.name, value, limit, holds, () if holds else _ids(behind))


def _regressions(gates: Gates, run: EvaluationRun, baseline: EvaluationRun) -> Iterator[GateResult]:
    mode, pairs = run.setup.mode, shared(run, baseline)
    befores = summarize(mode, [before for before, _ in pairs])
    nows = summarize(mode, [now for _, now in pairs])
    for metric in METRICS[mode]:
        before, now = befores.get(metric.name), nows.get(metric.name)
        if metric.name in gates.regression:
            before, now = _defined(metric, before), _defined(metric, now)
        elif metric.better is Better.NEITHER or before is None or now is None:
            continue
        allowed = gates.regression.get(metric.name, gates.default)
        limit = before - allowed if metric.better is Better.HIGHER else before + allowed
        holds = _is_within(_loss(metric, before, now), allowed)
        behind = [pair[1] for pair in pairs if _has_lost(metric, pair, limit)]
        yield GateResult(metric.name, now, limit, holds, () if holds else _ids(behind), before)


def _defined(metric: Metric, value: Score) -> float:
    if value is None:
        raise GateError(
            f"门槛“{metric.name}”（{metric.label}）无法核对：没有可计的题目，或没有测这个指标；请从门槛文件删去"
        )
    return value


def _loss(metric: Metric, before: float, now: float) -> float:
    return before - now if metric.better is Better.HIGHER else now - before


def _is_within(loss: float, allowed: float) -> bool:
    return round(loss - allowed, _EXACT) <= 0


def _is_good(metric: Metric, value: Score, limit: float) -> bool:
    """Whether a question is not behind the failure of a gate: it does not count, or counts at its best."""
    best = limit if metric.kind is not Kind.SHARE else float(metric.better is Better.HIGHER)
    return value is None or _loss(metric, best, value) <= 0


def _has_lost(metric: Metric, pair: Pair, limit: float) -> bool:
    """Whether a question counts less than before, or no longer counts, or only counts now and not at its best."""
    was, now = map(metric.of, pair)
    if metric.kind is not Kind.SHARE or was is None:
        return not _is_good(metric, now, limit)
    return _loss(metric, was, now) > 0 if now is not None else _is_good(metric, was, limit)


def _ids(results: Iterable[ScoredCase]) -> tuple[str, ...]:
    return tuple(result.case.id for result in results)


def _check_names(path: Path, gates: Gates) -> None:
    known = list(dict.fromkeys(metric.name for metrics in METRICS.values() for metric in metrics))
    if unknown := sorted({*gates.absolute, *gates.regression} - set(known)):
        raise GateError(f"门槛文件“{path}”里没有 {'、'.join(unknown)} 这样的指标；可用 {'、'.join(known)}")


def _check_shares(path: Path, tables: Mapping[str, Mapping[str, float]]) -> None:
    shares = {metric.name for of in METRICS.values() for metric in of if metric.kind is Kind.SHARE} | {
        "default"
    }
    outside = [
        f"{table}.{name} = {limit:g}"
        for table, limits in tables.items()
        for name, limit in limits.items()
        if name in shares and not 0 <= limit <= 1
    ]
    if outside:
        raise GateError(
            f"门槛文件“{path}”里的 {'、'.join(outside)} 不在 0 到 1 之间，而这些指标是比率；请写成 0.95，不是 95"
        )


def _explain(detail: ErrorDetails) -> str:
    where = ".".join(map(str, detail["loc"]))
    if detail["type"] == "extra_forbidden":
        return f"不认识“{where}”；只能有 [absolute] 和 [regression] 两张表"
    remedy = "请写成“指标 = 数值”的表" if detail["type"] == "dict_type" else "请写成有限的数值，差值不能为负"
    return f"{where} 的值 {detail['input']!r} 无效；{remedy}"
