"""The published JSON Schema is that of the classes, and knows every kind."""

from pathlib import Path

from ivr.kinds import KINDS
from ivr.schema import schema, schema_text

FILE = Path(__file__).parents[3] / "docs" / "flow.schema.json"


def test_the_published_schema_is_current() -> None:
    made = schema_text()
    assert FILE.read_text("utf-8") == made, "run: yingda flow schema > docs/flow.schema.json"


def test_every_kind_is_chosen_by_its_word_and_every_reference_leads_somewhere() -> None:
    whole = schema()
    assert whole["$defs"]["node"]["properties"]["kind"]["enum"] == list(KINDS)
    named = {part.split('"')[0] for part in schema_text().split("#/$defs/")[1:]}
    assert named <= whole["$defs"].keys()


def test_what_yaml_writes_without_quotes_is_taken() -> None:
    agent = schema()["$defs"]["node_agent"]["properties"]
    assert agent["agent"]["type"] == ["string", "number"]
    play = schema()["$defs"]["node_play"]["properties"]["prompts"]
    assert play["anyOf"][0] == {"type": "string"}
