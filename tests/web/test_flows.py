"""Flows by their page: who may, what a change leaves alone, conflicts, versions, ready faults."""

from typing import Any

from office import Request
from office.edit_flows import put_flow
from tests.web.conftest import Enter, Firm

API = "/api/v1/flows"


async def ask(browser: Any, method: str, path: str, body: Any = None) -> Any:
    """Ask what must work."""
    status, answer = await browser.ask(method, f"{API}{path}", body)
    assert status == 200, answer
    return answer


async def test_a_manager_reads_and_an_admin_edits(enter: Enter) -> None:
    manager, admin = await enter("manager"), await enter("admin")
    listed = await ask(manager, "GET", "")
    row = next(row for row in listed["rows"] if row["name"] == "service")
    assert (row["hotlines"], row["faults"], listed["may_edit"]) == (["4008000001"], 0, False)
    seen = await ask(manager, "GET", "/service")
    assert seen["drawn"]["start"] and not seen["may_edit"]
    body = {"name": "service", "text": seen["drawn"]["text"]}
    assert (await ask(manager, "POST", "/check", body))["faults"] == []
    wish = body | {"do": "drop", "node": "goodbye"}
    for path, given in (("/rewrite", wish), ("", {"name": "x"}), ("/service/rollback", {})):
        assert (await manager.ask("POST", f"{API}{path}", given))[0] == 403
    assert (await manager.ask("PUT", f"{API}/service", {"text": "x"}))[0] == 403
    assert (await manager.ask("DELETE", f"{API}/service"))[0] == 403
    assert (await ask(admin, "GET", ""))["may_edit"]
    for login in ("8001", "supervisor"):
        stranger = await enter(login)
        assert (await stranger.ask("GET", API))[0] == 403
        assert (await stranger.ask("POST", f"{API}/check", body))[0] == 403


async def test_the_kinds_say_what_their_fields_name(enter: Enter) -> None:
    kinds = await ask(await enter("manager"), "GET", "/kinds")
    menu = next(kind for kind in kinds["kinds"] if kind["kind"] == "menu")
    assert menu["roles"]["keys"] == menu["roles"]["otherwise"] == "node"
    assert menu["roles"]["prompts"] == menu["roles"]["invalid"] == "prompt"
    assert menu["fields"]["properties"]["tries"]["maximum"] == 9
    goodbye = next(prompt for prompt in kinds["prompts"] if prompt["name"] == "goodbye")
    assert goodbye["zh"] and goodbye["en"]
    assert "presale" in [group["name"] for group in kinds["groups"]]


async def test_a_change_of_one_node_leaves_the_text_alone(enter: Enter) -> None:
    admin = await enter("admin")
    text = (await ask(admin, "GET", "/partners"))["drawn"]["text"]
    wish = {"name": "partners", "text": text, "do": "set", "node": "menu", "fields": {"tries": 2}}
    after = await ask(admin, "POST", "/rewrite", wish)
    old, new = text.splitlines(), after["text"].splitlines()
    assert [(a, b) for a, b in zip(old, new, strict=True) if a != b] == [
        ("    tries: 3", "    tries: 2")
    ]
    lost = await ask(admin, "POST", "/rewrite", wish | {"fields": {"otherwise": "nowhere"}})
    fault = next(fault for fault in lost["faults"] if fault["key"] == "otherwise")
    line = lost["text"].splitlines()[fault["line"] - 1]
    assert (fault["node"], line) == ("menu", "    otherwise: nowhere")
    assert [edge["to"] for edge in lost["edges"] if edge["label"] == "otherwise"] == ["nowhere"]
    diff = await ask(admin, "POST", "/diff", {"left": text, "right": after["text"]})
    assert [row["mark"] for row in diff["rows"] if row["mark"] != "same"] == ["changed"]


async def test_nodes_come_go_and_take_another_name(enter: Enter) -> None:
    admin = await enter("admin")
    text = (await ask(admin, "GET", "/partners"))["drawn"]["text"]
    one = {"name": "partners", "text": text}
    fields = {"kind": "play", "prompts": ["closed"], "next": "menu"}
    more = await ask(admin, "POST", "/rewrite", one | {"do": "add", "node": "x", "fields": fields})
    assert "unreachable" not in [node["name"] for node in more["nodes"]]
    assert [fault["node"] for fault in more["faults"]] == ["x"]
    gone = await ask(
        admin,
        "POST",
        "/rewrite",
        {"name": "partners", "text": more["text"], "do": "drop", "node": "x"},
    )
    assert gone["text"] == text
    named = one | {"do": "rename", "node": "menu", "to": "main"}
    assert (await ask(admin, "POST", "/rewrite", named))["faults"] == []
    for bad in ({"to": "hours"}, {"to": "A b"}, {"node": "nobody_here", "to": "y"}):
        assert (await admin.ask("POST", f"{API}/rewrite", named | bad))[0] in (409, 422)


async def test_a_text_that_cannot_be_read_still_shows_its_fault(enter: Enter) -> None:
    admin = await enter("admin")
    for text in ("", "nodes: [", "- a", "flow: x\nstart: a\nnodes:\n  a: {kind: strange, to: b}\n"):
        drawn = await ask(admin, "POST", "/check", {"name": "x", "text": text})
        assert drawn["faults"]
    assert [(edge["node"], edge["to"]) for edge in drawn["edges"]] == [("a", "b")]
    status, _ = await admin.ask(
        "POST", f"{API}/rewrite", {"name": "x", "text": "nodes: [", "do": "drop", "node": "a"}
    )
    assert status == 422


async def test_publishing_changes_only_this_flow(enter: Enter, firm: Firm) -> None:
    admin = await enter("admin")
    before = firm.world.config.now.flows
    text = before["partners"].replace("tries: 3", "tries: 2")
    done = await ask(admin, "PUT", "/partners", {"text": text, "note": "两次就够", "base": 1})
    assert done["version"] == 2
    assert firm.world.config.now.flows == {**before, "partners": text}
    wrong = text.replace("otherwise: too_many", "otherwise: too_much")
    status, refused = await admin.ask("PUT", f"{API}/partners", {"text": wrong, "base": 2})
    assert status == 422 and "too_much" in refused["message_zh"]
    rows = (await ask(admin, "GET", "/partners/versions"))["rows"]
    assert (rows[0]["id"], rows[0]["note"]) == (2, "两次就够")
    old = await ask(admin, "GET", "/partners?version=1")
    assert old["drawn"]["text"] == before["partners"]
    await ask(admin, "POST", "/partners/rollback", {"version": 1})
    assert firm.world.config.now.flows == before
    listed = await ask(admin, "GET", "")
    assert {row["name"]: row["by"] for row in listed["rows"]}["partners"] == "admin"
    assert (await admin.ask("GET", f"{API}/partners?version=99"))[0] == 404


async def test_only_a_change_of_the_same_flow_is_a_conflict(enter: Enter, firm: Firm) -> None:
    admin = await enter("admin")
    flows = firm.world.config.now.flows
    other = flows["service"].replace("tries: 3", "tries: 4")
    await firm.world.publisher.edit(
        lambda now: put_flow(now, "service", other), Request("boss", "other", 5)
    )
    mine = flows["partners"].replace("tries: 3", "tries: 2")
    await ask(admin, "PUT", "/partners", {"text": mine, "base": 1})
    status, refused = await admin.ask(
        "PUT",
        f"{API}/service",
        {"text": flows["service"].replace("tries: 3", "tries: 5"), "base": 1},
    )
    assert status == 409 and "boss" in refused["message_zh"]
    assert firm.world.config.now.flows["service"] == other


async def test_a_flow_comes_and_goes(enter: Enter, firm: Firm) -> None:
    admin = await enter("admin")
    await ask(admin, "POST", "", {"name": "night", "title": "夜间", "copy_of": "partners"})
    await ask(admin, "POST", "", {"name": "small"})
    rows = {row["name"]: row for row in (await ask(admin, "GET", ""))["rows"]}
    assert rows["night"]["title"] == "夜间"
    assert rows["night"]["nodes"] == rows["partners"]["nodes"]
    assert rows["small"]["faults"] == rows["night"]["faults"] == 0
    for name, status in (("night", 409), ("kinds", 409), ("Bad name", 422)):
        assert (await admin.ask("POST", API, {"name": name}))[0] == status
    assert (await admin.ask("POST", API, {"name": "y", "copy_of": "none"}))[0] == 404
    for name in ("night", "small"):
        await ask(admin, "DELETE", f"/{name}")
    status, refused = await admin.ask("DELETE", f"{API}/service")
    assert status == 409 and "4008000001" in refused["message_en"]
    assert (await admin.ask("DELETE", f"{API}/survey"))[0] == 409
    assert (await admin.ask("DELETE", f"{API}/night"))[0] == 404
    assert "night" not in firm.world.config.now.flows


async def test_a_call_is_simulated_key_by_key(enter: Enter, firm: Firm) -> None:
    manager = await enter("manager")
    text = firm.world.config.now.flows["partners"]

    async def walk(keys: str, **given: Any) -> Any:
        wish = {"name": "partners", "text": text, "keys": keys, "given": {"open": True, **given}}
        return await ask(manager, "POST", "/simulate", wish)

    first = await walk("")
    assert (first["over"], first["waiting"]["node"]) == (False, "menu")
    assert [stop["node"] for stop in first["stops"]] == ["welcome", "notice", "hours", "menu"]
    assert [choice["key"] for choice in first["waiting"]["choices"]][:2] == ["1", "2"]
    assert first["stops"][0]["turns"][0]["text"].startswith("您好")
    wrong = await walk("7")
    assert wrong["waiting"]["node"] == "menu"
    assert ("heard", "7") in [(turn["kind"], turn["text"]) for turn in wrong["stops"][-1]["turns"]]
    done = await walk("7,1")
    assert (done["over"], done["verdict"], done["group"]) == (True, "hold", "partner")
    shut = await walk("", open=False, message_s=0)
    assert shut["outcome"] == "closed"
    english = await walk("", language="en")
    assert english["stops"][0]["turns"][0]["text"].isascii()
    sunday = await walk("", open=None, at="2026-11-22T10:00", calendar="workdays")
    assert "closed" in sunday["path"]
    draft = {"name": "partners", "text": text.replace("otherwise: too_many", "otherwise: x")}
    assert (await manager.ask("POST", f"{API}/simulate", draft))[0] == 422
    for given in ({"keys": "z"}, {"given": {"at": "yesterday"}}, {"given": {"strange": 1}}):
        wish = {"name": "partners", "text": text} | given
        assert (await manager.ask("POST", f"{API}/simulate", wish))[0] == 422


async def test_advice_keeps_nobody_from_publishing(enter: Enter) -> None:
    admin = await enter("admin")
    for row in (await ask(admin, "GET", ""))["rows"]:
        assert row["faults"] == 0, row
        drawn = (await ask(admin, "GET", f"/{row['name']}"))["drawn"]
        assert all(fault["advice"] for fault in drawn["faults"])
        assert all(node["whole"] for node in drawn["nodes"])
