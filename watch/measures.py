"""What alarms watch: each metric's words, unit, direction and mend. Pure data.

`{about}` is the group, trunk or disk, `{value}` the figure with its unit.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric. `below`: low is bad. `mend_*` say what to do, `page` where to look."""

    zh: str
    en: str
    mend_zh: str
    mend_en: str
    page: str = "/live"
    unit_zh: str = ""
    unit_en: str = ""
    below: bool = False


MEASURES: dict[str, Measure] = {
    "engine_away": Measure(
        "呼叫引擎没有响应，来电由交换机自己的兜底队列接听",
        "the call engine does not answer; the exchange's own queue serves the callers",
        "它会自动重启；几分钟后仍不恢复，请运行 yingda doctor 并看日志",
        "it is started again by itself; if that does not help, run yingda doctor and read the log",
    ),
    "pbx_away": Measure(
        "引擎连不上交换机（Asterisk），没有来电能派给座席",
        "the engine has no link to Asterisk: no call is given to an agent",
        "看 Asterisk 是否在运行、AMI 端口是否被占满，运行 yingda doctor",
        "see whether Asterisk runs and its AMI port is free; run yingda doctor",
    ),
    "database_away": Measure(
        "数据库没有响应；通话不受影响，明细与报表暂停",
        "the database does not answer; calls go on, rows and reports wait",
        "看数据库与磁盘；恢复后明细会自动补齐",
        "look at the database and its disk; the rows follow by themselves",
    ),
    "trunk_down": Measure(
        "中继 {about} 不通",
        "trunk {about} is down",
        "运行 yingda doctor trunk {about}",
        "run yingda doctor trunk {about}",
    ),
    "fallback": Measure(
        "最近 5 分钟有 {value} 来电进了兜底队列",
        "{value} went to the fallback queue in the last 5 minutes",
        "说明引擎当时没有响应；看报警记录与日志",
        "the engine did not answer then: see the incidents and the log",
        unit_zh="通",
        unit_en="calls",
    ),
    "longest_wait": Measure(
        "{about} 最长已等 {value}",
        "the longest wait in {about} is {value}",
        "请班组长调人支援，或让座席提前结束小休",
        "ask the supervisor for help from other groups, or end breaks early",
        unit_zh="秒",
        unit_en="s",
    ),
    "waiting": Measure(
        "{about} 有 {value} 来电在排队",
        "{value} wait in {about}",
        "请班组长调人支援",
        "ask the supervisor for help from other groups",
        unit_zh="通",
        unit_en="calls",
    ),
    "nobody_ready": Measure(
        "{about} 有来电在等，却没有座席签入",
        "callers wait in {about} and nobody is signed in",
        "请座席签入，或把热线切到下班",
        "let agents sign in, or close the hotline by hand",
    ),
    "service_level": Measure(
        "{about} 今天的服务水平只有 {value}",
        "the service level of {about} is {value} today",
        "看实时监控和排班报表",
        "see the live board and the staffing report",
        unit_zh="%",
        unit_en="%",
        below=True,
    ),
    "pop_p95": Measure(
        "弹屏 95% 在 {value} 内显示，偏慢",
        "95 % of screen-pops show within {value}: slow",
        "看座席电脑与网络；CRM 慢不影响弹屏本身",
        "look at the desks' machines and network; a slow CRM does not delay the pop itself",
        unit_zh="毫秒",
        unit_en="ms",
    ),
    "disk_free": Measure(
        "{about} 所在磁盘只剩 {value}",
        "the disk of {about} has {value} left",
        "清理磁盘，或移走旧录音；低于 2% 时不再录音",
        "make room, or move old recordings away; below 2 % nothing is recorded",
        unit_zh="%",
        unit_en="%",
        below=True,
    ),
    "recording_gap": Measure(
        "最近 1 小时有 {value} 通话没有录音",
        "{value} of the last hour have no recording",
        "看磁盘与日志里的 recording",
        "look at the disk, and for `recording` in the log",
        unit_zh="通",
        unit_en="talks",
    ),
    "one_way": Measure(
        "单通：{value} 通话有一侧没有声音",
        "one-way audio: one side of {value} is not heard",
        "检查 media.public_address、防火墙与对方 NAT；看实时监控上的说明",
        "check media.public_address, firewalls and the far side's NAT; the board names the call",
        unit_zh="通",
        unit_en="calls",
    ),
    "dead_letters": Measure(
        "最近 1 小时有 {value} 推送多次失败，已放弃",
        "{value} were given up in the last hour, after many tries",
        "在 管理 → 事件推送 查看原因并重发",
        "see the reason under Admin → Webhooks, and send them again",
        "/admin/webhooks",
        "条",
        "webhooks",
    ),
    "rows_behind": Measure(
        "明细落后流水 {value}",
        "the rows are {value} behind the journal",
        "看数据库；必要时 yingda rebuild",
        "look at the database; yingda rebuild makes the rows anew",
        unit_zh="条",
        unit_en="records",
    ),
    "receiver_down": Measure(
        "发给 {about} 的报警已连续失败 {value}",
        "alarms to {about} failed {value} in a row",
        "在 管理 → 报警 里看原因并试发",
        "see the reason under Admin → Alarms, and send a test",
        "/admin/alarms",
        "次",
        "times",
    ),
    "incident": Measure(
        "有 {value} 故障待处理",
        "{value} wait to be mended",
        "看实时监控上的说明",
        "the live board tells what to do",
        unit_zh="起",
        unit_en="faults",
    ),
}
"""Every metric an alarm may watch (`office.alarms.Metric`)."""

OF_GROUPS = frozenset(("longest_wait", "waiting", "nobody_ready", "service_level"))
"""Metrics that are about one group, by its id."""

LABELS: dict[str, tuple[str, str]] = {
    "engine_away": ("呼叫引擎没有响应", "engine away"),
    "pbx_away": ("交换机断开", "exchange away"),
    "database_away": ("数据库断开", "database away"),
    "trunk_down": ("中继不通", "trunk down"),
    "fallback": ("进入兜底的来电（5 分钟）", "callers in the fallback (5 min)"),
    "longest_wait": ("技能组最长等待", "longest wait of a group"),
    "waiting": ("技能组排队数", "callers waiting in a group"),
    "nobody_ready": ("有来电而无人签入", "callers wait, nobody signed in"),
    "service_level": ("技能组今日服务水平", "service level of a group today"),
    "pop_p95": ("弹屏 p95", "screen-pop p95"),
    "disk_free": ("磁盘剩余", "free disk"),
    "recording_gap": ("没有录音的通话（1 小时）", "talks without recording (1 h)"),
    "one_way": ("单通", "one-way audio"),
    "dead_letters": ("放弃的推送（1 小时）", "webhooks given up (1 h)"),
    "rows_behind": ("明细落后", "rows behind"),
    "receiver_down": ("报警发送连续失败", "alarms that fail to go out"),
    "incident": ("看板上的其他故障", "other faults on the board"),
}
"""What each metric is called in a list."""
