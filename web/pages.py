"""The built Vue pages from `web/pages`: hashed files for ever, everything else the app's page."""

from pathlib import Path

from aiohttp import web

from web.errors import Said
from web.table import PUBLIC, Ask, Nothing, table

FOLDER = Path(__file__).parent / "pages"
FOR_EVER = "public, max-age=31536000, immutable"
NOT_BUILT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>应答 Yingda</title>
<body style="font:16px/1.7 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem">
<h1>页面还没有构建</h1><p>请在项目目录运行 <code>make run</code>，它会构建页面并启动系统。</p>
<h2 lang="en">The pages are not built yet</h2>
<p lang="en">Run <code>make run</code> in the project folder: it builds the pages and starts
everything.</p></body></html>"""

pages = table("pages")


@pages.route("GET /{path:.*}", PUBLIC, gives="text/html")
async def show_page(ask: Ask[Nothing, Nothing]) -> web.StreamResponse:
    """Serve a file of the built pages; any other path is the app's own to route."""
    path = ask.path("path")
    if path.startswith("api/"):
        raise Said("not_found")
    file = _file(path)
    if file is not None:
        asset = path.startswith("assets/")
        return web.FileResponse(file, headers={"Cache-Control": FOR_EVER if asset else "no-cache"})
    if path.startswith("assets/") or not (FOLDER / "index.html").is_file():
        return _not_built(path)
    return web.FileResponse(FOLDER / "index.html", headers={"Cache-Control": "no-cache"})


def _file(path: str) -> Path | None:
    if not path or "\0" in path:
        return None
    try:
        file = (FOLDER / path).resolve()
    except OSError:
        return None
    inside = file.is_relative_to(FOLDER.resolve()) and file.is_file()
    return file if inside and not file.name.endswith(".gz") else None


def _not_built(path: str) -> web.Response:
    if path.startswith("assets/"):
        raise Said("not_found")
    return web.Response(text=NOT_BUILT, content_type="text/html", charset="utf-8", status=503)
