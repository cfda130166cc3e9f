"""The people edge: REST, one live WebSocket, the `/sip` proxy and the pages.

`build(world)` makes the aiohttp application, `serve(settings)` is the web process's main.
It runs beside the engine and speaks to it over one unix socket only.
"""

from web.app import build as build
from web.serve import serve as serve
from web.world import World as World
