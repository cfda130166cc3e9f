"""What Asterisk tells of queue calls with nothing filtered, made up: some 80 events a call.

The order and the headers are Asterisk 22's; names and numbers are invented, names are Chinese.
"""

import random
from collections.abc import Iterator

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
TOKEN = "yingda-bench"
SURNAMES = "张王李赵刘陈杨黄周吴"
GIVEN = ("三丰", "伟", "秀英", "建国", "丽华", "志强", "晓明", "玉兰", "子轩", "欣怡")
CALLER_FIRST = (
    *("Newchannel", "Newstate", "Newexten", "VarSet", "Newexten", "VarSet", "UserEvent"),
    *("NewCallerid", "Newexten", "VarSet", "VarSet", "AGIExecStart", "AGIExecEnd", "VarSet"),
    *("AGIExecStart", "VarSet", "AGIExecEnd", "Newexten", "VarSet", "Newexten", "Newstate"),
    *("UserEvent", "Newexten", "Newexten", "MusicOnHoldStart", "VarSet", "VarSet", "VarSet"),
    *("MusicOnHoldStop", "Newexten", "VarSet", "MixMonitorStart", "Newexten", "VarSet"),
)
RINGING = (
    *("Newchannel", "VarSet", "VarSet", "VarSet", "Newexten", "UserEvent", "NewConnectedLine"),
    *("DialBegin", "Newstate", "DeviceStateChange", "ExtensionStatus", "DialState", "RTCPSent"),
)
TALK = (
    *("Newstate", "DialEnd", "DeviceStateChange", "BridgeCreate", "BridgeEnter", "BridgeEnter"),
    *("RTCPSent", "RTCPReceived", "RTCPSent", "RTCPReceived", "RTCPSent", "RTCPReceived"),
)
END = (
    *("HangupRequest", "BridgeLeave", "BridgeLeave", "BridgeDestroy", "VarSet", "VarSet"),
    *("UserEvent", "UserEvent", "Hangup", "DeviceStateChange", "Newexten", "VarSet", "VarSet"),
    *("SoftHangupRequest", "UserEvent", "Hangup", "Cdr"),
)
OF_AGENT = frozenset({"DeviceStateChange", "ExtensionStatus"})
MORE = {
    "Newexten": ("Extension: s", "Application: Set", "AppData: CC_SEEN=1795401712:4711"),
    "VarSet": ("Variable: CC_SEEN", "Value: 1795401712:4711"),
    "UserEvent": ("UserEvent: CCHold",),
    "AGIExecStart": ("Command: SET VARIABLE CC_VERDICT hold", "CommandId: 1804289383"),
    "AGIExecEnd": ("Command: SET VARIABLE CC_VERDICT hold", "ResultCode: 200", "Result: Success"),
    "MusicOnHoldStart": ("Class: hold",),
    "BridgeEnter": ("BridgeUniqueid: 9c2f", "BridgeType: basic", "BridgeNumChannels: 2"),
    "BridgeLeave": ("BridgeUniqueid: 9c2f", "BridgeType: basic", "BridgeNumChannels: 1"),
    "Hangup": ("Cause: 16", "Cause-txt: Normal Clearing", "TechCause: 200"),
    "RTCPSent": ("To: 127.0.0.1:16001", "From: 127.0.0.1:16000", "SSRC: 0x1f2e3d4c", "PT: 200(SR)"),
    "DialEnd": ("DialStatus: ANSWER",),
    "DialState": ("DialStatus: RINGING",),
}


def call(nth: int, chance: random.Random) -> Iterator[bytes]:
    """Give one call's events, in order, with their ends."""
    name = chance.choice(SURNAMES) + chance.choice(GIVEN)
    caller = f"PJSIP/trunk-test-{2 * nth:08x}", f"1370000{nth % 10000:04}", name
    agent = f"PJSIP/a{8001 + nth % 90}-{2 * nth + 1:08x}", f"{8001 + nth % 90}", name[::-1]
    for event in CALLER_FIRST:
        yield _event(event, caller, nth)
    for event in RINGING + TALK:
        yield _event(event, agent, nth)
    for event in END:
        yield _event(event, agent if event in OF_AGENT else caller, nth)


def _event(event: str, leg: tuple[str, str, str], nth: int) -> bytes:
    channel, number, name = leg
    lines = [f"Event: {event}", "Privilege: call,all", f"SystemName: {TOKEN}"]
    if event in OF_AGENT:
        lines += [f"Device: {channel.rpartition('-')[0]}", "State: INUSE"]
    else:
        lines += [
            f"Channel: {channel}",
            "ChannelState: 6",
            "ChannelStateDesc: Up",
            f"CallerIDNum: {number}",
            f"CallerIDName: {name}",
            "ConnectedLineNum: 4009100050",
            f"ConnectedLineName: {name}",
            "Language: zh",
            "AccountCode: ",
            "Context: hold",
            "Exten: s",
            "Priority: 7",
            f"Uniqueid: n-1795401712.{nth}",
            f"Linkedid: n-1795401712.{nth}",
            f"ChanVariable: CC_CALL=01M83HZMFE795QB1EZ{nth:08}",
            "ChanVariable: CC_LEG=caller",
            f"ChanVariable: CC_OFFER=1795401712:{nth}:a8001",
            "ChanVariable: CC_DIAL=",
        ]
    return "\r\n".join([*lines, *MORE.get(event, ()), "", ""]).encode()


def events(calls: int, seed: int = 1) -> list[bytes]:
    """Give the events of so many calls, several going on at once as on a busy machine."""
    chance = random.Random(seed)
    open_calls: list[Iterator[bytes]] = []
    nth, found = 0, []
    while nth < calls or open_calls:
        if nth < calls and len(open_calls) < 8:
            open_calls.append(call(nth, chance))
            nth += 1
        chosen = chance.choice(open_calls)
        event = next(chosen, None)
        if event is None:
            open_calls.remove(chosen)
        else:
            found.append(event)
    return found
