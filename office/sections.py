"""The files of a configuration folder: which part of the `Config` stands in which file."""

from dataclasses import dataclass

from office.model import (
    Agent,
    Alarm,
    Blocked,
    Calendar,
    Crm,
    DoNotCall,
    Firm,
    Group,
    Hotline,
    NumberList,
    Part,
    Receiver,
    Sentence,
    Take,
    Vip,
    Webhook,
)


@dataclass(frozen=True, slots=True)
class Section:
    """One file: its place in `Config`, the model of it (or of each entry), and its headline."""

    key: str
    model: type[Part]
    many: bool
    required: bool
    head: str

    @property
    def file(self) -> str:
        """Name the file in the folder."""
        return f"{self.key}.yaml"


SECTIONS = (
    Section("firm", Firm, False, True, "企业 · the firm: brands, sites, reasons, summaries"),
    Section("hotlines", Hotline, True, True, "热线 · hotlines: the numbers that callers dial"),
    Section("groups", Group, True, True, "技能组 · skill groups; times in seconds"),
    Section("agents", Agent, True, False, "座席 · agents"),
    Section("calendars", Calendar, True, True, "服务时间 · calendars: when a hotline is served"),
    Section("crm", Crm, False, False, "客户资料 · who calls"),
    Section("webhooks", Webhook, True, False, "事件推送 · addresses that are told of calls"),
    Section("do_not_call", DoNotCall, True, False, "免打扰名单 · numbers that are never called"),
    Section("vip", Vip, True, False, "贵宾名单 · callers who are served earlier"),
    Section("blacklist", Blocked, True, False, "黑名单 · callers who are not let in"),
    Section("lists", NumberList, True, False, "名单 · callers whom flows treat apart"),
    Section("prompts", Sentence, True, False, "提示音 · the firm's own sentences"),
    Section("takes", Take, True, False, "录音 · recordings in force, by their number"),
    Section("alarms", Alarm, True, False, "报警 · alarms: when people are told; times in seconds"),
    Section("receivers", Receiver, True, False, "接收方 · receivers: who is told of alarms"),
)
"""Every file but the flows, in the order people read them."""

FLOWS = "flows/"
TESTS = ".test.yaml"


def flow_file(name: str) -> str:
    """Name the file of a flow."""
    return f"{FLOWS}{name}.yaml"


def flow_name(file: str) -> str:
    """Tell which flow a file holds, "" for none (a flow's tests are not a flow).

    >>> flow_name("flows/service.yaml"), flow_name("flows/service.test.yaml")
    ('service', '')
    """
    if not file.startswith(FLOWS) or file.endswith(TESTS) or not file.endswith(".yaml"):
        return ""
    return file.removeprefix(FLOWS).removesuffix(".yaml")
