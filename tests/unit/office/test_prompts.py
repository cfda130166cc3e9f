"""The firm's sentences and recordings in the files: read, written, compared, faults named."""

import pytest

from office.compile import compile_config
from office.diff import changes
from office.entries import Names
from office.render import render
from tests.unit.office.test_config_folder import faults, sound

Files = dict[str, str]
SENTENCES = """
- {id: ask_order, zh: "请输入订单号，以井号键结束。", en: "Enter your order number.", note: 慢一点}
- {id: only_zh, zh: 只有中文}
"""
TAKES = """
- {prompt: ask_order, language: zh, audio: 0123456789abcdef}
- {prompt: num/1, language: zh, audio: 0123456789abcdef, hotline: 4008000001}
"""


def test_sentences_and_recordings_go_out_and_come_back(files: Files) -> None:
    before = compile_config(files | {"prompts.yaml": "", "takes.yaml": ""}, sound)
    seen: list[Names] = []

    def look(name: str, text: str, names: Names) -> list[object]:
        seen.append(names)
        return []

    config = compile_config(files | {"prompts.yaml": SENTENCES, "takes.yaml": TAKES}, look)  # type: ignore[arg-type]
    assert config.prompts[0].said("en-US").startswith("Enter") and config.prompts[1].en == ""
    assert seen[0].prompts == {"ask_order", "only_zh"}
    assert compile_config(render(config), sound) == config
    keys = {(change.section, change.key) for change in changes(before, config)}
    assert ("prompts", "ask_order.zh") in keys
    assert ("takes", "4008000001 zh num/1.audio") in keys


@pytest.mark.parametrize(
    ("file", "text", "key", "word"),
    [
        ("prompts.yaml", "- {id: Ask, zh: x}", "[0].id", "name of a prompt"),
        ("prompts.yaml", "- {id: ask, note: x}", "[0]", "one language"),
        ("prompts.yaml", "- {id: ask, zh: x}\n- {id: ask, zh: y}", "[1].id", "twice"),
        ("takes.yaml", "- {prompt: a, language: fr, audio: 0123456789abcdef}", "[0].language", ""),
        ("takes.yaml", "- {prompt: a, language: zh, audio: ../x}", "[0].audio", "16 digits"),
        (
            "takes.yaml",
            "- {prompt: a, language: zh, audio: 0123456789abcdef, hotline: 999}",
            "[0].hotline",
            "unknown hotline",
        ),
        ("takes.yaml", TAKES.replace(", hotline: 4008000001", "").replace("num/1", "ask_order"),
         "[1].prompt", "twice"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(files: Files, file: str, text: str, key: str, word: str) -> None:
    (fault,) = faults(files | {file: text})
    assert (fault.file, fault.key) == (file, key) and word in fault.text
