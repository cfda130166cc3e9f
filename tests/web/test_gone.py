"""A page that leaves while it is answered: no failure, and no line in the log."""

import logging

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from web.errors import errors


async def _open(request: web.Request) -> web.StreamResponse:
    """Do as aiohttp does where nobody is at the other end any more."""
    raise ConnectionResetError("Connection lost")


@pytest.mark.parametrize("is_there", [False, True])
async def test_a_page_that_left_is_no_failure(
    caplog: pytest.LogCaptureFixture, is_there: bool
) -> None:
    request = make_mocked_request("GET", "/api/v1/live")
    if not is_there:
        request.protocol.transport = None
    answer = await errors(request, _open)
    logged = [each for each in caplog.records if each.levelno >= logging.ERROR]
    # with somebody there it is another connection of ours that broke
    assert (answer.status, len(logged)) == ((500, 1) if is_there else (400, 0))
