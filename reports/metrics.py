"""Every metric's formula, once. Pure: sums in, a figure out; `None` where there is nothing to
divide by. Rates are percent, times seconds with one decimal. Ids carry a version that saved
reports keep; a changed meaning gets a new version, never a silent change.

Sums are counts and milliseconds over one cohort: queue entries, calls, offers or survey
invitations that *began* in the interval; agents' time is cut by the clock instead.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

Sums = Mapping[str, float]
Figure = float | int | None


def percent(part: float, whole: float) -> float | None:
    """Give a share in percent.

    >>> percent(1, 3), percent(1, 0)
    (33.33, None)
    """
    return round(100 * part / whole, 2) if whole else None


def seconds(ms: float, count: float = 1) -> float | None:
    """Give a mean in seconds.

    >>> seconds(61_440, 3), seconds(0, 0)
    (20.5, None)
    """
    return round(ms / count / 1000, 1) if count else None


def service_level(form: int, s: Sums) -> float | None:
    """Give service level SL-1 to SL-4; a wait of exactly the target counts as within.

    100 entered: 80 answered (60 within), 20 abandoned (5 within):

    >>> s = {"answered": 80, "abandoned": 20, "within": 60, "abandoned_within": 5}
    >>> [service_level(form, s) for form in (1, 2, 3, 4)]
    [65.0, 75.0, 60.0, 63.16]
    """
    answered, abandoned, within = s["answered"], s["abandoned"], s["within"]
    early = s["abandoned_within"]
    match form:
        case 1:
            return percent(within + early, answered + abandoned)
        case 2:
            return percent(within, answered)
        case 3:
            return percent(within, answered + abandoned)
        case _:
            return percent(within, answered + abandoned - early)


def asa(s: Sums) -> float | None:
    """Give the average speed of answer: waiting and ringing of those answered.

    >>> asa({"wait_answered_ms": 90_000, "answered": 6})
    15.0
    """
    return seconds(s["wait_answered_ms"], s["answered"])


def aht(s: Sums) -> float | None:
    """Give the average handling time: talk, hold and wrap-up of those answered.

    >>> aht({"talk_ms": 300_000, "hold_ms": 20_000, "wrap_ms": 80_000, "answered": 2})
    200.0
    """
    return seconds(s["talk_ms"] + s["hold_ms"] + s["wrap_ms"], s["answered"])


def busy_ms(s: Sums) -> float:
    """Add up an agent's work on customers, dialling them included, ms by the clock."""
    return s["t_talking"] + s["t_holding"] + s["t_dialling"] + s["t_wrapping"]


def occupancy(s: Sums) -> float | None:
    """Give the share of work in the time an agent was there for callers.

    >>> occupancy({"t_talking": 50, "t_holding": 5, "t_wrapping": 5, "t_ringing": 10,
    ...            "t_dialling": 0, "t_reserved": 0, "t_ready": 30})
    60.0
    """
    there = busy_ms(s) + s["t_ringing"] + s["t_reserved"] + s["t_ready"]
    return percent(busy_ms(s), there)


def calls_per_hour(s: Sums) -> float | None:
    """Give calls answered per hour signed in without breaks.

    >>> calls_per_hour({"answered": 6, "t_login": 7_200_000, "t_break": 3_600_000})
    6.0
    """
    hours = (s["t_login"] - s["t_break"]) / 3_600_000
    return round(s["answered"] / hours, 1) if hours else None


def wilson(hits: float, count: float) -> tuple[float, float] | None:
    """Give the 95 % interval of a share, in percent (Wilson 1927).

    >>> wilson(8, 10)
    (49.02, 94.33)
    """
    if not count:
        return None
    z, share = 1.959964, hits / count
    middle = share + z * z / (2 * count)
    spread = z * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5
    below = 1 + z * z / count
    return round(100 * (middle - spread) / below, 2), round(100 * (middle + spread) / below, 2)


@dataclass(frozen=True, slots=True)
class Formula:
    """One column: its versioned id, names, unit, how it is worked out in words, and the doing."""

    id: str
    zh: str
    en: str
    unit: str
    text: str
    work: Callable[[Sums], Figure]


def _count(name: str, zh: str, en: str, text: str = "", unit: str = "次") -> Formula:
    return Formula(f"{name}@1", zh, en, unit, text or zh, lambda s: int(s[name]))


def _rate(name: str, zh: str, en: str, part: str, whole: str, text: str = "") -> Formula:
    text = text or f"{part} ÷ {whole}"
    return Formula(f"{name}@1", zh, en, "%", text, lambda s: percent(s[part], s[whole]))


def _mean(name: str, zh: str, en: str, total: str, count: str) -> Formula:
    text = f"Σ {total.removesuffix('_ms')} ÷ {count}"
    return Formula(f"{name}@1", zh, en, "秒", text, lambda s: seconds(s[total], s[count]))


def _time(name: str, zh: str, en: str, text: str = "", total: str = "") -> Formula:
    text = text or f"{zh}，按时钟切分"
    return Formula(f"{name}@1", zh, en, "秒", text, lambda s: seconds(s[total or name]))


def _changed(formula: Formula) -> Formula:
    """Give the second version of a formula, whose meaning is another now."""
    return replace(formula, id=f"{formula.id.partition('@')[0]}@2")


_SL = (
    "(Y 秒内接听 + Y 秒内放弃) ÷ (接听 + 放弃)",
    "Y 秒内接听 ÷ 接听",
    "Y 秒内接听 ÷ (接听 + 放弃)",
    "Y 秒内接听 ÷ (接听 + Y 秒后放弃)",
)


def _level(form: int) -> Formula:
    name = "sl" if form == 3 else f"sl{form}"
    zh, en = f"服务水平 SL-{form}", f"Service level SL-{form}"
    return Formula(f"{name}@1", zh, en, "%", _SL[form - 1], lambda s: service_level(form, s))


def _bound(side: int) -> Callable[[Sums], Figure]:
    def work(s: Sums) -> Figure:
        interval = wilson(s["satisfied"], s["rated"])
        return interval[side] if interval else None

    return work


_QUEUE = (
    _count("entered", "入队量", "Entered", "进入技能组排队的次数"),
    _count("answered", "接通量", "Answered", "被座席接听的排队段"),
    _count("abandoned", "放弃量", "Abandoned", "队列放弃 + 振铃放弃"),
    _count("abandoned_ring", "振铃放弃量", "Abandoned ringing"),
    _count("short_abandon", "速挂量", "Short abandons", "等待不超过 5 秒即放弃（已含在放弃量中）"),
    _count("fallback", "兜底量", "Fallback", "在拨号方案自带队列中结束"),
    _count("lost", "系统中断", "Lost"),
    _count("returned", "转出量", "Left otherwise", "改派、转回 IVR 等其他离开"),
    _count("waiting", "仍在排队", "Still waiting"),
    _rate("answer_rate", "接通率", "Answer rate", "answered", "entered"),
    _rate("abandon_rate", "放弃率", "Abandon rate", "abandoned", "entered"),
    _level(3),
    _level(1),
    _level(2),
    _level(4),
    Formula("asa@1", "平均应答速度", "ASA", "秒", "Σ 接通者等待（含振铃） ÷ answered", asa),
    _mean("avg_wait_all", "平均排队时长", "Average wait", "wait_all_ms", "entered"),
    _mean("avg_abandon", "平均放弃时长", "Average abandon", "wait_abandoned_ms", "abandoned"),
    Formula(
        "max_wait@1",
        "最长等待",
        "Longest wait",
        "秒",
        "max 等待",
        lambda s: seconds(s["max_wait_ms"]),
    ),
    _mean("avg_talk", "平均通话", "Average talk", "talk_ms", "answered"),
    _mean("avg_hold", "平均保持", "Average hold", "hold_ms", "answered"),
    _mean("avg_wrap", "平均整理", "Average wrap-up", "wrap_ms", "answered"),
    Formula("aht@1", "平均处理时长", "AHT", "秒", "(talk + hold + wrap) ÷ answered", aht),
)

UNREACHED = {
    "wrong_number": (
        "空号或号码有误",
        "Wrong number",
        ("empty_number", "number_changed", "incomplete"),
    ),
    "out_of_service": ("停机或线路不通", "Out of service", ("suspended", "out_of_order")),
    "away": ("关机或无法接通", "Off or away", ("powered_off", "unavailable")),
    "busy": ("用户忙", "Busy", ("busy",)),
    "no_answer": ("无人接听", "No answer", ("no_answer",)),
    "rejected": ("拒接或被限制", "Rejected", ("rejected", "barred")),
    "line": ("线路或外显问题", "Line", ("trunk_failed", "codec_refused", "caller_id_refused")),
    "own_side": ("我方取消", "Own side", ("cancelled", "agent_away", "agent_busy")),
}
"""Why nobody was reached: its names and the words of `lines.causes` that count there."""


def _unreached(name: str) -> Formula:
    zh, en, words = UNREACHED[name]
    return _count(name, zh, en, "未接通，原因为 " + "、".join(words))


_OWN = ("own_offers", "answered ÷ (offers − elsewhere)")
FORMULAS: dict[str, tuple[Formula, ...]] = {
    "group": _QUEUE,
    "interval": _QUEUE,
    "hotline": (
        _count("calls_in", "来电量", "Calls in"),
        _count("closed", "非工作时间", "Closed"),
        _count("nobody", "无人值守", "Nobody there"),
        _count("contained", "IVR 自助完结", "Contained"),
        _count("blocked", "黑名单拦截", "Blocked"),
        _count("abandoned_ivr", "IVR 放弃", "Abandoned in IVR"),
        _count("voicemail", "留言", "Voicemail"),
        _count("overflowed", "溢出", "Sent on", "按溢出规则听了提示，或进语音信箱未留言"),
        _count("outside", "转外线", "Outside", "转到外部号码并接通"),
        _count("callback", "转回拨", "Callback", "不再等待，改为回拨"),
        _count("human_request", "人工请求", "Asked for a person", "到达过技能组的来电"),
        _count("answered", "接通", "Answered"),
        _count("abandoned_queue", "队列放弃", "Abandoned queue"),
        _count("abandoned_ring", "振铃放弃", "Abandoned ringing"),
        _count("fallback", "兜底", "Fallback"),
        _count("lost", "系统中断", "Lost"),
        _count("open", "进行中", "Going on"),
        _rate("hotline_answer_rate", "热线接通率", "Answer rate", "answered", "human_request"),
        Formula(
            "containment_rate@1",
            "自助完结率",
            "Containment",
            "%",
            "contained ÷ (calls_in − closed)",
            lambda s: percent(s["contained"], s["calls_in"] - s["closed"]),
        ),
        _mean("avg_ivr", "平均 IVR 时长", "Average IVR", "ivr_ms", "calls_in"),
        _mean("time_to_human", "人工可达时长", "Time to a person", "reach_ms", "answered"),
        _mean("avg_talk", "平均通话", "Average talk", "talk_ms", "answered"),
        Formula("aht@1", "平均处理时长", "AHT", "秒", "(talk + hold + wrap) ÷ answered", aht),
    ),
    "agent": (
        _count("offers", "振铃次数", "Offers"),
        _count("answered", "应答", "Answered"),
        _count("rona", "未应答", "Not answered", "振铃超时、忙、不可达"),
        _count("declined", "拒接", "Declined"),
        _count("caller_left", "客户先挂", "Caller left"),
        _count("cancelled", "被取消", "Cancelled"),
        _count("elsewhere", "同振他人接起", "Taken by another", "几位同时振铃，别人先接"),
        _count("ringing_now", "正在振铃", "Ringing now"),
        _changed(_rate("offer_answer_rate", "应答率", "Answer rate", "answered", *_OWN)),
        _mean("ring_time", "平均振铃时长", "Average ring", "ring_ms", "rung"),
        _mean("avg_talk", "平均通话", "Average talk", "talk_ms", "answered"),
        Formula("aht@1", "平均处理时长", "AHT", "秒", "(talk + hold + wrap) ÷ answered", aht),
        _count("agent_first", "座席先挂", "Agent hung up first"),
        _time("t_login", "登录时长", "Signed in"),
        _time("t_ready", "就绪", "Ready"),
        _time("t_reserved", "预占", "Reserved"),
        _time("t_ringing", "振铃", "Ringing"),
        _time("t_talking", "通话", "Talking"),
        _time("t_holding", "保持", "Holding"),
        _time("t_dialling", "外呼拨号", "Dialling"),
        _time("t_wrapping", "整理", "Wrap-up"),
        _time("t_break", "小休", "Break"),
        Formula(
            "occupancy@2",
            "占用率",
            "Occupancy",
            "%",
            "(talk + hold + dial + wrap) ÷ (talk + hold + dial + wrap + ring + reserved + ready)",
            occupancy,
        ),
        Formula(
            "utilization@2",
            "工时利用率",
            "Utilization",
            "%",
            "(talk + hold + dial + wrap) ÷ login",
            lambda s: percent(busy_ms(s), s["t_login"]),
        ),
        Formula(
            "cph@1",
            "每小时通话量",
            "Calls per hour",
            "次/时",
            "answered ÷ (login − break)",
            calls_per_hour,
        ),
    ),
    "out": (
        _count("dialled", "外呼量", "Dialled", "获准并开始的外呼"),
        _count("reached", "接通", "Reached", "对方接听"),
        _rate("reach_rate", "外呼接通率", "Reach rate", "reached", "dialled"),
        *map(_unreached, UNREACHED),
        _count("other", "其他未接通", "Otherwise", "未接通，原因不明"),
        _count("lost", "系统中断", "Lost"),
        _count("open", "进行中", "Going on"),
        _mean("avg_dial", "平均呼叫时长", "Average dialling", "dial_ms", "dialled"),
        _time("talk_time", "通话总时长", "Talk time", "Σ talk", "talk_ms"),
        _mean("avg_talk", "平均通话", "Average talk", "talk_ms", "reached"),
    ),
    "abandon": (
        _count("abandoned", "放弃量", "Abandoned"),
        _count("abandoned_ring", "其中振铃放弃", "While ringing"),
        _mean("avg_abandon", "平均放弃时长", "Average abandon", "wait_abandoned_ms", "abandoned"),
    ),
    "survey": (
        _count("invited", "邀评量", "Invited"),
        _count("rated", "参评量", "Rated"),
        _rate("survey_rate", "参评率", "Response rate", "rated", "invited"),
        Formula(
            "csat@1",
            "满意率",
            "CSAT",
            "%",
            "评 4、5 分 ÷ rated",
            lambda s: percent(s["satisfied"], s["rated"]),
        ),
        Formula("csat_low@1", "满意率下限", "CSAT low", "%", "Wilson 95 % 区间下限", _bound(0)),
        Formula("csat_high@1", "满意率上限", "CSAT high", "%", "Wilson 95 % 区间上限", _bound(1)),
        Formula(
            "csat_index@1",
            "满意度指数",
            "Mean score",
            "分",
            "Σ 评分 ÷ rated",
            lambda s: round(s["score"] / s["rated"], 2) if s["rated"] else None,
        ),
        *(_count(f"score_{n}", f"{n} 分", f"Score {n}") for n in range(1, 6)),
    ),
    "summary": (
        _count("calls", "通话量", "Calls"),
        _mean("avg_talk", "平均通话", "Average talk", "talk_ms", "calls"),
    ),
    "ivr": (
        _changed(_count("visits", "到达次数", "Visits", "进入节点的次数，评价与子流程的节点也算")),
        _changed(_mean("avg_stay", "平均停留", "Average stay", "stay_ms", "visits")),
        _changed(_count("keyed", "有按键", "Keyed", "节点上按了键的次数，重听重按各算一次")),
        _changed(_count("silent", "未按键超时", "Silent", "节点上等到超时的次数")),
        _changed(_count("left_here", "在此挂机", "Left here", "流程尚未结束即在此挂机")),
        _changed(_rate("left_rate", "流失率", "Left rate", "left_here", "visits")),
    ),
    "flow": (
        _count("calls_in", "来电量", "Calls in"),
        _count("closed", "非工作时间", "Closed"),
        _count("contained", "自助完结", "Contained", "流程达成目标后结束"),
        Formula(
            "containment_rate@1",
            "自助完结率",
            "Containment",
            "%",
            "contained ÷ (calls_in − closed)",
            lambda s: percent(s["contained"], s["calls_in"] - s["closed"]),
        ),
        _count("human_request", "人工请求", "Asked for a person", "到达过技能组的来电"),
        _rate("human_rate", "人工请求率", "Person rate", "human_request", "calls_in"),
        _mean("to_person", "转人工前用时", "Time before a person", "to_person_ms", "human_request"),
        Formula(
            "keys_to_person@1",
            "转人工前按键",
            "Keys before a person",
            "次",
            "Σ keys ÷ human_request",
            lambda s: round(s["keys"] / s["human_request"], 1) if s["human_request"] else None,
        ),
        _count("answered", "接通", "Answered"),
        _count("voicemail", "留言", "Voicemail"),
        _count("abandoned_ivr", "IVR 放弃", "Abandoned in IVR"),
        _rate("left_rate", "流失率", "Left rate", "abandoned_ivr", "calls_in"),
        _mean("avg_ivr", "平均 IVR 时长", "Average IVR", "ivr_ms", "calls_in"),
        _count("open", "进行中", "Going on"),
    ),
}
"""The columns of every kind of report, in order."""
