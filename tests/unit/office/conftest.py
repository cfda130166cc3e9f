"""The demo's configuration, and a flow check that finds nothing (flows are checked in ivr/)."""

from pathlib import Path

import pytest

from office.compile import compile_config
from office.folder import read_files
from office.model import Config

DEMO = Path(__file__).parents[3] / "demo" / "config"
FLOWS = {
    "flows/service.yaml": "flow: service\nnodes: {to: {kind: group, group: presale}}\n",
    "flows/partners.yaml": "flow: partners\nnodes: {to: {kind: group, group: partner}}\n",
    "flows/survey.yaml": "flow: survey\n",
}
SPOKEN = {
    "prompts.yaml": "- {id: ask_order, zh: 请输入订单号。, en: Enter it., note: slowly}\n",
    "lists.yaml": "- {id: elder, name: 老年人, numbers: [13800138000]}\n",
    "takes.yaml": "- {prompt: a, language: zh, audio: 0123456789abcdef, hotline: 4008000001}\n",
}


@pytest.fixture
def files() -> dict[str, str]:
    """The demo's texts with small flows of our own."""
    texts = read_files(DEMO)
    return (
        {name: text for name, text in texts.items() if not name.startswith("flows/")}
        | FLOWS
        | SPOKEN
    )


@pytest.fixture
def config(files: dict[str, str]) -> Config:
    """The demo, compiled."""
    return compile_config(files, lambda name, text, names: [])
