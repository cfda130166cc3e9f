"""The interface as OpenAPI 3.1, made from the tables of routes: one source, never by hand."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from office.roles import SCOPES, in_scope
from web.schema_board import LiveMessage
from web.schema_error import Problem
from web.table import PUBLIC, Ask, Nothing, Route, Table, table

spec = table("openapi")

TITLE = "应答 Yingda"
REF = "#/components/schemas/{model}"
PAGES = "/{path:.*}"
Mode = Any


@spec.route("GET ./openapi.json", PUBLIC)
async def show_openapi(ask: Ask[Nothing, Nothing]) -> web.StreamResponse:
    """Give this description."""
    from web.app import TABLES

    return web.json_response(document(TABLES))


@cache
def document(tables: tuple[Table, ...]) -> dict[str, Any]:
    """Describe every route below /api, /sip and the health checks."""
    routes = [
        (table.subject, route) for table in tables for route in table.routes if route.path != PAGES
    ]
    refs, components = models_json_schema(
        sorted(_models(route for _, route in routes), key=lambda pair: (pair[0].__name__, pair[1])),
        ref_template=REF,
    )
    paths: dict[str, Any] = {}
    for subject, route in routes:
        path = re.sub(r"\{(\w+):[^}]*\}", r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(subject, route, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": "1"},
        "paths": paths,
        "components": {
            "schemas": components.get("$defs", {}),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "yingda"},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF"},
                "key": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _models(routes: Iterable[Route]) -> set[tuple[type[BaseModel], Mode]]:
    found: set[tuple[type[BaseModel], Mode]] = {
        (LiveMessage, "serialization"),
        (Problem, "serialization"),
    }
    for route in routes:
        if route.answer is not None:
            found.add((route.answer, "serialization"))
        if route.body is not Nothing:
            found.add((route.body, "validation"))
        if route.query is not Nothing:
            found.add((route.query, "validation"))
    return found


def _operation(subject: str, route: Route, refs: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "tags": [subject],
        "summary": route.text.split("\n")[0],
        "x-permission": list(route.needs),
        "security": _security(route),
        "parameters": _path_parts(route) + _query(route),
        "responses": _responses(route, refs),
    }
    if route.body is not Nothing:
        content = {route.takes: {"schema": refs[route.body, "validation"]}}
        operation["requestBody"] = {"required": True, "content": content}
    elif route.takes != "application/json":
        operation["requestBody"] = {"required": True, "content": {route.takes: {}}}
    return operation


def _security(route: Route) -> list[dict[str, list[str]]]:
    if PUBLIC in route.needs:
        return []
    own: dict[str, list[str]] = {"session": []}
    if route.method != "GET":
        own["csrf"] = []
    keyed = any(in_scope(SCOPES, permission) for permission in route.needs)
    return [own, {"key": []}] if keyed else [own]


def _path_parts(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)", route.path)
    ]


def _query(route: Route) -> list[dict[str, Any]]:
    schema = route.query.model_json_schema(ref_template=REF)
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": part}
        for name, part in schema.get("properties", {}).items()
    ]


def _responses(route: Route, refs: dict[Any, Any]) -> dict[str, Any]:
    problem = {"application/json": {"schema": refs[Problem, "serialization"]}}
    good: dict[str, Any] = {"description": "it worked"}
    if route.answer is not None:
        good["content"] = {"application/json": {"schema": refs[route.answer, "serialization"]}}
    elif route.gives and not route.socket:
        good["content"] = {route.gives: {}}
    code = "101" if route.socket else "200"
    return {code: good, "default": {"description": "a refusal", "content": problem}}
