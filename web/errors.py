"""How an error reaches a person: one status, one code, one sentence in Chinese and English."""

import contextlib
import logging
import os
import secrets
import sys
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, NoReturn

from aiohttp import web

from domain.errors import Fault, Refused, YingdaError
from office.texts import JOINT, split

log = logging.getLogger("yingda.web")


@dataclass(frozen=True, slots=True)
class Text:
    """What a code means to a person, and its HTTP status."""

    status: int
    zh: str
    en: str


TEXTS: dict[str, Text] = {
    "sign_in": Text(401, "请先登录。", "Please sign in first."),
    "wrong_login": Text(401, "账号或密码不正确。", "The login or the password is wrong."),
    "signed_out": Text(401, "登录已失效，请重新登录。", "The session ended; please sign in again."),
    "bad_key": Text(401, "密钥无效、已作废或已过期。", "The key is unknown, revoked or over."),
    "too_many_tries": Text(
        429, "尝试次数过多，请稍后再试。", "Too many attempts; please wait a moment."
    ),
    "too_many_open": Text(
        429, "打开的页面太多，请先关闭一些。", "Too many pages are open; please close some."
    ),
    "not_allowed": Text(403, "你没有这项权限。", "Your role does not allow this."),
    "must_change": Text(403, "请先修改密码。", "Please change your password first."),
    "csrf": Text(403, "页面已过期，请刷新后重试。", "The page is out of date; please reload it."),
    "origin": Text(403, "不接受其他网站的请求。", "Requests of other sites are not accepted."),
    "not_found": Text(404, "找不到，或已被删除。", "It does not exist, or no longer."),
    "conflict": Text(409, "当前状态下不能这样做。", "This is not possible in the current state."),
    "refused": Text(422, "填写的内容有误。", "What was given is not acceptable."),
    "bad_request": Text(400, "请求格式不对。", "The request is malformed."),
    "too_large": Text(413, "内容太大。", "That is too large."),
    "no_agent": Text(409, "这个账号没有绑定座席工号。", "This account has no agent number."),
    "wrong_password": Text(422, "原密码不对。", "The old password is wrong."),
    "bad_audio": Text(422, "无法识别这个音频文件。", "This file is not audio that can be read."),
    "unavailable": Text(503, "暂时不可用，请稍后再试。", "Not available now; try again later."),
    "pbx_unavailable": Text(
        503, "电话系统未就绪，请稍后再试。", "The telephone system is not ready; try again later."
    ),
    "engine_unavailable": Text(
        503, "呼叫引擎未响应，请稍后再试。", "The call engine does not answer; try again later."
    ),
    "recording_gone": Text(
        404, "录音文件不存在或已过保留期。", "The recording does not exist or has expired."
    ),
    "recording_key": Text(
        503,
        "录音的密钥不在或不对，请告诉管理员。",
        "The recordings' key is missing or wrong.",
    ),
    "recording_damaged": Text(
        500, "录音文件已损坏或被改动。", "The recording was damaged or changed."
    ),
    "link_used": Text(410, "链接已用过或已过期。", "The link has been used or has expired."),
    "error": Text(
        500, "出错了，请把编号告诉管理员。", "Something failed; tell the id to an admin."
    ),
}
"""Every code of the HTTP interface; never renamed."""


class Said(YingdaError):
    """A "no" of the web edge itself, by a code of `TEXTS` or with sentences of its own."""

    def __init__(self, code: str, *, field: str = "", zh: str = "", en: str = "") -> None:
        super().__init__(en or TEXTS.get(code, TEXTS["error"]).en)
        self.code = code
        self.field = field
        self.zh = zh
        self.en = en


def text_of(code: str) -> Text:
    """Give the sentence of a code; an unknown code reads as a conflict, not as our failure."""
    return TEXTS.get(code, TEXTS["conflict"])


def body_of(error: YingdaError) -> dict[str, Any]:
    """Shape an error as the JSON that every client of ours knows."""
    text = text_of(error.code)
    zh, en = _sentences(error, text)
    body: dict[str, Any] = {"code": error.code, "message_zh": zh, "message_en": en}
    field = getattr(error, "field", "")
    if isinstance(error, Refused) and error.faults:
        field = error.faults[0].key
        body["faults"] = [_fault(fault) for fault in error.faults]
    return body | ({"field": field} if field else {})


def _sentences(error: YingdaError, text: Text) -> tuple[str, str]:
    """Take the error's own words where it speaks both languages, else the code's."""
    if isinstance(error, Said):
        return error.zh or text.zh, error.en or text.en
    if isinstance(error, Refused) and error.faults:
        pairs = [split(fault.text) for fault in error.faults]
        return "；".join(zh for zh, _ in pairs), "; ".join(en for _, en in pairs)
    zh, en = split(str(error))
    return (zh, en) if JOINT in str(error) else (text.zh, en or text.en)


def _fault(fault: Fault) -> dict[str, str]:
    zh, en = split(fault.text)
    return {"field": fault.key, "text_zh": zh, "text_en": en}


def answer_of(error: YingdaError) -> web.Response:
    """Turn an error into its response."""
    headers = {"Cache-Control": "no-store"}
    if wait := getattr(error, "wait_s", 0):
        headers["Retry-After"] = str(int(wait))
    return web.json_response(body_of(error), status=text_of(error.code).status, headers=headers)


def end_without_memory() -> NoReturn:
    """End this process at once: what is half done cannot be trusted, a new one is there in seconds.

    Calls are in other processes and notice nothing; browsers come back by themselves.
    """
    with contextlib.suppress(OSError, MemoryError):
        print("yingda web: no memory left, it is started again", file=sys.stderr, flush=True)
    os._exit(1)


def on_logged(record: logging.LogRecord) -> bool:
    """Filter of log handlers: who logs that memory is short means to go on, and we end.

    Whoever meets it tells the log: our own pages, aiohttp, the event loop's last resort.
    """
    if record.exc_info and isinstance(record.exc_info[1], MemoryError):
        end_without_memory()
    return True


def heed_memory(handlers: Iterable[logging.Handler]) -> None:
    """Let `on_logged` stand first at each handler: a damper would hide the twenty-first line."""
    for handler in handlers:
        handler.filters.insert(0, on_logged)


Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def errors(request: web.Request, handler: Next) -> web.StreamResponse:
    """Answer every error as JSON; the unforeseen ones get an id that stands in the log."""
    try:
        return await handler(request)
    except YingdaError as error:
        return answer_of(error)
    except web.HTTPException as error:
        if error.status < 400 or not request.path.startswith("/api/"):
            raise
        return _plain(error)
    except Exception as error:
        if isinstance(error, ConnectionResetError) and request.transport is None:
            return web.Response(status=400)  # a page that left while it was answered: no failure
        mark = secrets.token_hex(6)
        log.exception("%s %s failed, id %s", request.method, request.path, mark)
        text = TEXTS["error"]
        body = {"code": "error", "message_zh": text.zh, "message_en": text.en, "id": mark}
        return web.json_response(body, status=500)


def _plain(error: web.HTTPException) -> web.Response:
    codes = {404: "not_found", 405: "bad_request", 413: "too_large"}
    code = codes.get(error.status, "bad_request")
    body = {"code": code, "message_zh": TEXTS[code].zh, "message_en": TEXTS[code].en}
    return web.json_response(body, status=error.status)
