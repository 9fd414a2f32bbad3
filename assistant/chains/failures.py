"""What the errors of an endpoint mean to who runs it, and when to ask again."""

from __future__ import annotations

import re
import time
from email.utils import mktime_tz, parsedate_tz
from typing import TYPE_CHECKING

from assistant.chains.errors import ModelError, ModelOutageError, ModelSetupError

if TYPE_CHECKING:
    from openai import OpenAIError

_BACKOFF = 0.5
"""Seconds before a request is repeated, where the endpoint states none."""

_MEANINGS: dict[int, tuple[type[ModelError], str]] = {
    401: (ModelSetupError, "密钥不对（HTTP 401）；请检查环境变量 POLICY_LLM_API_KEY"),
    402: (ModelSetupError, "账户余额不足（HTTP 402）；请充值"),
    403: (ModelSetupError, "没有权限（HTTP 403）；请检查密钥能否使用这个模型"),
    404: (
        ModelSetupError,
        "地址或模型名不对（HTTP 404）；请检查 POLICY_LLM_BASE_URL（多以 /v1 结尾）和 POLICY_LLM_MODEL",
    ),
    429: (ModelOutageError, "请求太多或额度用完（HTTP 429）；请稍后再试，或调小 POLICY_LLM_PARALLEL"),
}


def meaning_of(error: OpenAIError, *, has_begun: bool) -> ModelError:
    """What an error means and what to do. What the endpoint says is left out: it may repeat prompt and key."""
    from openai import APIConnectionError, APIStatusError, APITimeoutError

    if isinstance(error, APIStatusError):
        status = error.status_code
        if status >= 500:
            return ModelOutageError(f"服务端出错（HTTP {status}）；请稍后再试")
        kind, text = _MEANINGS.get(
            status, (ModelError, f"请求被拒绝（HTTP {status}）；请检查模型名和各项设置")
        )
        return kind(text)
    if isinstance(error, APITimeoutError):
        return ModelOutageError("没有在时限内回应；请稍后再试，或调大 POLICY_LLM_TIMEOUT")
    if has_begun:
        return ModelOutageError("回答中途断开；请稍后再试")
    if isinstance(error, APIConnectionError):
        return ModelOutageError("连接不上；请检查 POLICY_LLM_BASE_URL、网络和服务是否启动")
    return ModelOutageError("服务端报告出错；请稍后再试")


def pause_after(error: OpenAIError) -> float:
    """Seconds to wait before the request is repeated: those of ``Retry-After``, or half a second."""
    response = getattr(error, "response", None)
    stated = response.headers.get("retry-after", "").strip() if response is not None else ""
    if re.fullmatch(r"\d+(\.\d+)?", stated):
        return float(stated)
    if date := parsedate_tz(stated):
        return max(0.0, mktime_tz(date) - time.time())
    return _BACKOFF
