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
    "alarms.yaml": "- {id: wait, name: {zh: 等待, en: Wait}, metric: longest_wait, about: vip,"
    " limit: 90.5, for_s: 30, receivers: [desk], escalate: [duty], escalate_min: 5,"
    " quiet: [{from: '22:00', to: '07:00'}]}\n",
    "receivers.yaml": "- {id: duty, name: 值班, kind: mail, to: [duty@firm.example]}\n"
    "- {id: desk, name: 群, kind: dingtalk, secret_ref: env:D, sign_ref: file:s, to: [138]}\n"
    "- {id: phone, name: 短信, kind: sms, to: [13800138000], url: 'https://s.example/',"
    " headers: ['A: {secret}'], body: '{text}', expect: ok, language: en, enabled: false}\n",
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
