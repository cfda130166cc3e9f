"""What usually goes wrong on a carrier's line, by name: one sentence and its mend each. Pure data.

`{about}` is the trunk or address, `{detail}` what was seen. One table for the board, the log and
`yingda doctor trunk`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentences:
    """A fault and its mend in both languages."""

    zh: str
    en: str
    mend_zh: str
    mend_en: str


FAULTS: dict[str, Sentences] = {
    "trunk_unregistered": Sentences(
        "中继 {about} 注册失败：账号或密码不对（{detail}）",
        "trunk {about} does not register: wrong credentials ({detail})",
        "核对 username（公有标识）、auth_user（鉴权用户名）和密码；两者常不相同，请向运营商确认",
        "check username (public identity), auth_user (the name to authenticate with, often another)"
        " and the password with the carrier",
    ),
    "trunk_down": Sentences(
        "中继 {about} 未注册（{detail}）",
        "trunk {about} is not registered ({detail})",
        "运行 yingda doctor trunk {about} 查看原因",
        "run yingda doctor trunk {about} for the reason",
    ),
    "trunk_silent": Sentences(
        "中继 {about} 完全没有回应（{detail}）",
        "trunk {about} does not answer at all ({detail})",
        "核对 host、port、transport 与防火墙；运营商可能只接受已登记的源地址",
        "check host, port, transport and firewalls; the carrier may only take a source address that"
        " it knows",
    ),
    "trunk_rejected": Sentences(
        "中继 {about} 拒绝注册（{detail}）",
        "trunk {about} rejects the registration ({detail})",
        "请运营商确认账号已开通、域名（from_domain）和登记的源地址",
        "ask the carrier whether the account is live, for its domain (from_domain) and the source"
        " address on file",
    ),
    "trunk_failing": Sentences(
        "中继 {about} 返回服务器错误（{detail}）",
        "trunk {about} answers with server errors ({detail})",
        "联系运营商；若有第二条中继，呼出会自动改走",
        "call the carrier; with a second trunk, calls out take that one by themselves",
    ),
    "trunk_full": Sentences(
        "中继 {about} 线路已满，有来电被拒（{detail}）",
        "trunk {about} is full, calls were refused ({detail})",
        "购买更多并发，或提高 channels（不能超过购买数）",
        "buy more channels, or raise `channels` up to what was bought",
    ),
    "called_unknown": Sentences(
        "来电的被叫号码 {about} 不属于任何热线，已按默认热线接听",
        "no hotline owns the called number {about}; the default hotline took the call",
        "把这个号码加到热线的 also_called，或调整中继的 called_sources",
        "add the number to a hotline's also_called, or change the trunk's called_sources",
    ),
    "called_strange": Sentences(
        "中继 {about} 来电的被叫不是号码（{detail}）",
        "trunk {about} calls something that is no number ({detail})",
        "请运营商在 R-URI 中发送被叫号码，或设 called_sources = to、diversion",
        "ask the carrier for the called number in the R-URI, or try called_sources = to, diversion",
    ),
    "one_way": Sentences(
        "单通：通话 {about} 有一侧没有声音（{detail}）",
        "one-way audio: one side of call {about} is not heard ({detail})",
        "检查 media.public_address、防火墙的 UDP {ports} 和对方 NAT；看 yingda trace {about}",
        "check media.public_address, the firewall for UDP {ports}, the far side's NAT; see"
        " yingda trace {about}",
    ),
    "address_unknown": Sentences(
        "有来自陌生地址 {about} 的呼叫，未接（{detail}）",
        "a call came from {about}, which is no trunk's address; it was not taken ({detail})",
        "若它是运营商的 SBC，请加到该中继的 match；否则用防火墙挡住",
        "if it is the carrier's SBC, add it to the trunk's match; if not, shut it out by firewall",
    ),
    "no_common_codec": Sentences(
        "中继 {about} 没有共同的语音编码（{detail}）",
        "no audio codec in common with trunk {about} ({detail})",
        "请运营商开通 G.711 A-law（PCMA）；Asterisk 22.10.1 不带 G.729 编解码",
        "ask the carrier for G.711 A-law (PCMA): Asterisk 22.10.1 ships no G.729 codec",
    ),
    "caller_id_refused": Sentences(
        "中继 {about} 拒绝呼出：外显号码可能未登记（{detail}）",
        "trunk {about} refuses calls out: the caller id may not be registered ({detail})",
        "只用在该中继登记过的号码（numbers），或改 present = pai",
        "use only numbers registered on this trunk (`numbers`), or try present = pai",
    ),
    "dialled_unknown": Sentences(
        "中继 {about} 不认识所拨号码（{detail}）",
        "trunk {about} does not know the number as dialled ({detail})",
        "核对拨号规则 dial_mobile、dial_local、dial_long 是否要加 0、区号或 86",
        "check dial_mobile, dial_local, dial_long: is a 0, an area code or 86 wanted in front?",
    ),
    "session_timer": Sentences(
        "中继 {about} 嫌会话定时器太短（{detail}）",
        "trunk {about} finds the session timer too small ({detail})",
        "设 session_timer = accept 或 off，由运营商刷新",
        "set session_timer = accept or off: let the carrier refresh",
    ),
    "prack": Sentences(
        "中继 {about} 与我们对 100rel 要求不一致（{detail}）",
        "trunk {about} and we do not agree on 100rel ({detail})",
        "420 时设 prack = off；421 时设 prack = required",
        "set prack = off after 420, prack = required after 421",
    ),
    "private_address": Sentences(
        "发给中继 {about} 的语音地址是内网地址 {detail}，对方的声音到不了",
        "the audio address told to trunk {about} is private, {detail}: its sound cannot arrive",
        "设 media.public_address 为公网地址，并核对 media.local_nets",
        "set media.public_address to the public address and check media.local_nets",
    ),
    "tls": Sentences(
        "与中继 {about} 的 TLS 握手失败（{detail}）",
        "the TLS handshake with trunk {about} fails ({detail})",
        "核对端口（常为 5061）、对方证书的主机名与有效期、本机时间",
        "check the port (often 5061), the certificate's name and dates, and this machine's clock",
    ),
    "certificate": Sentences(
        "网页证书 {about} 有问题：{detail}",
        "the certificate of the pages, {about}, is not well: {detail}",
        "运行 yingda cert renew 重新签发，或更换 web.cert、web.key",
        "run yingda cert renew to make a new one, or replace web.cert and web.key",
    ),
    "turn": Sentences(
        "中转服务器（TURN）{about} 不可用（{detail}）",
        "the TURN relay {about} is not usable ({detail})",
        "检查 coturn 是否运行、端口是否放行、共享密钥是否一致",
        "check that coturn runs, its ports are open and the shared secret is the same",
    ),
    "needs_dropped": Sentences(
        "流程要求的技能（{detail}）没有座席能满足，来电只按技能组 {about} 的要求分配",
        "no agent can meet what a flow asks for ({detail}): the group {about} takes such calls by"
        " its own requirement",
        "给座席加这个技能，或改流程里这个技能组节点的 needs",
        "give agents the skill, or change the needs of the flow's group node",
    ),
    "journal_damaged": Sentences(
        "流水文件损坏，已自动修复：完好的记录都已保留（{detail}），旧文件在 {about}",
        "the journal's file was damaged and has been mended: whole records were kept ({detail});"
        " the old file: {about}",
        "检查磁盘（smartctl、dmesg），并把 var/journal 备份到别处；丢失的记录可对照备份",
        "look at the disk (smartctl, dmesg) and copy var/journal elsewhere; a backup may hold what"
        " was lost",
    ),
    "journal_reserve": Sentences(
        "流水（{about}）所在磁盘已满，正在用预留空间；用完后来电将由兜底队列接听",
        "the disk of the {about} is full, the reserved space is being used; after it the fallback"
        " serves the callers",
        "立即清理磁盘；腾出空间后自动恢复",
        "make room on the disk now; it goes on by itself",
    ),
    "recording_off": Sentences(
        "{about} 所在磁盘只剩 {detail}，新的通话不再录音",
        "the disk of {about} has {detail} left: new talks are not recorded",
        "立即清理磁盘或移走旧录音；高于 2% 后自动恢复录音",
        "make room or move old recordings away; above 2 % recording goes on by itself",
    ),
    "rows_late": Sentences(
        "{about} 暂时写不进去（{detail}）：通话照常，明细与报表稍后自动补齐",
        "the {about} takes nothing just now ({detail}): calls go on, rows and reports follow",
        "看数据库是否在运行、磁盘是否已满、是否被别的程序锁住",
        "see whether the database runs, its disk is full, or another program locks it",
    ),
    "clock_stepped": Sentences(
        "系统时钟（{about}）被拨动了 {detail} 秒；通话时长不受影响",
        "the machine's {about} was set by {detail} s; no duration is wrong for it",
        "检查时间同步（timedatectl、chronyc tracking）",
        "look at the time service (timedatectl, chronyc tracking)",
    ),
    "healed": Sentences(
        "系统自动纠正了一处状态（{about}，{detail}）",
        "a state that stayed wrong was mended ({about}, {detail})",
        "无需处理；若经常出现，请把这通电话的事件与引擎日志发给维护者",
        "nothing to do; if it comes often, send the call's events and the engine's log to whoever"
        " maintains this system",
    ),
}


SIDES = {"caller": ("来电侧", "caller"), "agent": ("座席侧", "agent"), "both": ("两侧", "both")}
"""The details of `one_way` in words."""


def said(kind: str, about: str, detail: str = "", ports: str = "") -> Sentences:
    """Put names into a fault's sentences; a kind that is not in the table is told as it is.

    >>> said("trunk_silent", "carrier", "3 REGISTER").en
    'trunk carrier does not answer at all (3 REGISTER)'
    """
    plain = Sentences(f"{kind} {{about}} {{detail}}", f"{kind} {{about}} {{detail}}", "", "")
    words = FAULTS.get(kind, plain)
    # values are data, never templates: replace, not format
    zh, en = SIDES.get(detail, (detail, detail))
    return Sentences(
        _put(words.zh, about, zh, ports),
        _put(words.en, about, en, ports),
        _put(words.mend_zh, about, zh, ports),
        _put(words.mend_en, about, en, ports),
    )


def _put(text: str, about: str, detail: str, ports: str) -> str:
    if not detail:
        text = text.replace("（{detail}）", "").replace(" ({detail})", "")
    for name, value in (("{ports}", ports), ("{about}", about), ("{detail}", detail)):
        text = text.replace(name, value)
    return text
