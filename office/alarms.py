"""Who is told when something goes wrong, and of what: alarms.yaml and receivers.yaml.

A firm without alarms.yaml has the alarms of `SHIPPED`; the first change writes them all down.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from office.kinds import Id, Line, Once, SecretRef, Url, Zone, fits
from office.part import Name, Part
from office.quiet import Quiet
from office.texts import both

Metric = Literal[
    "engine_away",
    "pbx_away",
    "database_away",
    "trunk_down",
    "fallback",
    "longest_wait",
    "waiting",
    "nobody_ready",
    "service_level",
    "pop_p95",
    "disk_free",
    "recording_gap",
    "one_way",
    "dead_letters",
    "rows_behind",
    "receiver_down",
    "incident",
]
"""What is watched; `watch.measures` says what each is, its unit and what mends it."""
About = Annotated[str, fits(r"[^\x00-\x1f\x7f]{0,64}", "最多 64 字", "at most 64 letters")]


class Alarm(Part):
    """When a metric counts as trouble, and who is told: over `limit` for `for_s` seconds.

    `about` narrows it to one group, trunk or disk, "" = each of them. Over again after `calm_s`
    good seconds. No `receivers` = every one. Nobody is told in `quiet` hours, but afterwards.
    """

    id: Id
    name: Name
    metric: Metric
    about: About = ""
    limit: float = Field(1, ge=0, le=1_000_000)
    for_s: int = Field(60, ge=0, le=86_400)
    calm_s: int = Field(60, ge=10, le=3600)
    receivers: Annotated[tuple[Id, ...], Once] = ()
    escalate: Annotated[tuple[Id, ...], Once] = ()
    escalate_min: int = Field(15, ge=1, le=1440)
    quiet: tuple[Quiet, ...] = ()
    timezone: Zone = "Asia/Shanghai"
    enabled: bool = True


class Receiver(Part):
    """Where an alarm is told: mail, a signed webhook, a group robot, or an SMS gateway.

    `to` are mail addresses, or mobiles (sent to, with robots mentioned). `secret_ref` is the
    webhook's secret, the robot's key or the gateway's password; `sign_ref` 钉钉's signing secret.
    SMS: `url`, `headers` and `body` are templates of `{to}`, `{text}` and `{secret}`; the answer
    must hold `expect`.
    """

    id: Id
    name: Line
    kind: Literal["mail", "webhook", "wecom", "dingtalk", "sms"]
    language: Literal["zh", "en"] = "zh"
    to: Annotated[tuple[Line, ...], Once] = ()
    url: Url | Literal[""] = ""
    secret_ref: SecretRef | Literal[""] = ""
    sign_ref: SecretRef | Literal[""] = ""
    headers: tuple[
        Annotated[
            str, fits(r"[A-Za-z0-9-]+:[^\r\n]*", "应为 名称: 值", "must look like Name: value")
        ],
        ...,
    ] = ()
    body: Annotated[str, Field(max_length=4000)] = ""
    expect: Annotated[str, Field(max_length=200)] = ""
    enabled: bool = True

    @model_validator(mode="after")
    def _is_whole(self) -> "Receiver":
        for name, zh, en in NEEDS[self.kind]:
            if not getattr(self, name):
                raise ValueError(both(zh, en))
        if self.kind == "mail" and not all(_is_mail(each) for each in self.to):
            raise ValueError(both("收件人应为邮件地址", "`to` must be mail addresses"))
        if self.kind == "sms" and not all(each.lstrip("+").isdigit() for each in self.to):
            raise ValueError(both("to 应为手机号码", "`to` must be telephone numbers"))
        return self


def _is_mail(text: str) -> bool:
    name, at, host = text.partition("@")
    return bool(name and at and host) and text.isascii() and not set(text) & set(" <>,;\"'")


_TO = ("to", "缺少收件人 to", "needs `to`")
_URL = ("url", "缺少网址 url", "needs `url`")
_SECRET = ("secret_ref", "缺少密钥引用 secret_ref", "needs `secret_ref`")
NEEDS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "mail": (_TO,),
    "webhook": (_URL, _SECRET),
    "wecom": (_SECRET,),
    "dingtalk": (_SECRET,),
    "sms": (_TO, _URL),
}
"""What each kind of receiver cannot do without, and how that is said."""


def _ships(name: str, zh: str, en: str, limit: float, for_s: int, calm_s: int) -> Alarm:
    words = {"zh": zh, "en": en}
    values = {"id": name, "name": words, "metric": name, "limit": limit}
    return Alarm.model_validate(values | {"for_s": for_s, "calm_s": calm_s})


SHIPPED = (
    _ships("engine_away", "呼叫引擎停止", "The call engine is away", 1, 15, 30),
    _ships("pbx_away", "交换机断开", "The exchange is away", 1, 15, 30),
    _ships("database_away", "数据库断开", "The database is away", 1, 30, 60),
    _ships("trunk_down", "中继不通", "A trunk is down", 1, 60, 60),
    _ships("fallback", "来电进入兜底队列", "Callers are in the fallback queue", 1, 0, 300),
    _ships("longest_wait", "等待过久", "Callers wait too long", 180, 30, 60),
    _ships("service_level", "服务水平过低", "The service level is low", 60, 600, 300),
    _ships("pop_p95", "弹屏过慢", "The screen-pop is slow", 1000, 300, 300),
    _ships("disk_free", "磁盘将满", "A disk is nearly full", 5, 0, 300),
    _ships("recording_gap", "有通话没有录音", "Talks without their recording", 1, 0, 300),
    _ships("one_way", "单通", "One-way audio", 1, 0, 300),
    _ships("dead_letters", "推送投递失败", "Webhooks were given up", 1, 0, 300),
    _ships("rows_behind", "明细落后", "Rows are behind the journal", 5000, 300, 300),
    _ships("receiver_down", "报警送不出去", "An alarm cannot be delivered", 3, 60, 60),
    _ships("incident", "有故障待处理", "Something waits to be mended", 1, 60, 300),
)
"""The alarms of a firm that wrote none."""
