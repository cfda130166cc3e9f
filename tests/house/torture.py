"""The 49 kinds of message of RFC 4475, made from its descriptions; and damage done to any message.

Built by code, with our own names and addresses: what is odd about each is what the RFC says.
"""

from collections.abc import Callable, Iterator, Mapping
from random import Random

Header = tuple[str, str]
NL = "\r\n"
SDP = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 8\r\n"
)
WORDS = ("", "0", "-1", "4294967296", "9" * 40, "%00", "\x00", "%s%n", ";;;", "<>", '"', "\\", "*")
METHODS = (
    *("INVITE", "REGISTER", "OPTIONS", "MESSAGE", "PUBLISH", "REFER", "SUBSCRIBE", "NOTIFY"),
    *("INFO", "UPDATE", "PRACK", "BYE", "CANCEL", "ACK", "NEWMETHOD"),
)


def plain(method: str, mark: str, **other: str) -> list[Header]:
    """Give the headers of an ordinary request; `other` replaces some, underscores are hyphens."""
    headers = {
        "Via": f"SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK{mark};rport",
        "From": f"<sip:caller@example.invalid>;tag={mark}",
        "To": "<sip:callee@example.invalid>",
        "Call-ID": f"{mark}@example.invalid",
        "CSeq": f"1 {method}",
        "Max-Forwards": "70",
        "Contact": "<sip:caller@192.0.2.9>",
    }
    headers |= {name.replace("_", "-"): value for name, value in other.items()}
    return [(name, value) for name, value in headers.items() if value != "-"]


def text(start: str, headers: list[Header], body: str = "", length: str | None = None) -> bytes:
    """Write a message; `length` is what Content-Length says instead of the truth, "" = nothing."""
    lines = [start, *(f"{name}: {value}" for name, value in headers)]
    if body:
        lines.append("Content-Type: application/sdp")
    said = str(len(body)) if length is None else length
    if said:
        lines.append(f"Content-Length: {said}")
    return (NL.join(lines) + NL + NL + body).encode("utf-8", "surrogateescape")


def torture(far: str, mark: str) -> dict[str, bytes]:
    """Name → message, for a server at `far` (host:port); `mark` makes transactions new."""
    made: dict[str, bytes] = {}
    for part in (_valid, _invalid, _layers):
        made |= {name: message for name, message in part(f"sip:4008000001@{far}", far, mark)}
    return made


def _invite(uri: str, mark: str, **other: str) -> bytes:
    return text(f"INVITE {uri} SIP/2.0", plain("INVITE", mark, **other), SDP)


def _options(uri: str, mark: str, **other: str) -> bytes:
    return text(f"OPTIONS {uri} SIP/2.0", plain("OPTIONS", mark, **other))


def _register(far: str, mark: str, **other: str) -> bytes:
    return text(f"REGISTER sip:{far} SIP/2.0", plain("REGISTER", mark, **other))


def _valid(uri: str, far: str, m: str) -> Iterator[tuple[str, bytes]]:
    """3.1.1: odd, and right."""
    short = [("TO", f"sip:x@{far} ; tag = 1"), ("from", '"J\\"" <sip:x@x.invalid>\r\n ;tag=2')]
    short += [("v", f"SIP / 2.0 / UDP 192.0.2.2 ;branch=\r\n z9hG4bK{m}a"), ("i", f"{m}a")]
    short += [("cseq", "0009\r\n INVITE"), ("MaX-fOrWaRdS", "0068"), ("NewFangled", "x\r\n y")]
    yield "wsinv", text(f"INVITE {uri};unknownparam SIP/2.0", [*short, ("m", '"Q" <sip:x@x>')], SDP)
    odd = "!interesting-Method0123456789_*+`.%indeed'~"
    yield (
        "intmeth",
        text(
            f"{odd} sip:1_unusual.URI~(to-be!sure)&isn't+it$@{far} SIP/2.0",
            plain(odd, f"{m}b", To='"BEL:\x07 NUL:\\\x00 DEL:\x7f" <sip:1@x.invalid>'),
        ),
    )
    yield "esc01", _invite(f"sip:sips%3Auser%40example.invalid@{far}", f"{m}c")
    yield (
        "escnull",
        _register(
            far,
            f"{m}d",
            To="<sip:null-%00-null@x.invalid>",
            Contact="<sip:%00@192.0.2.1>, <sip:%00%00@192.0.2.1>",
        ),
    )
    yield "esc02", text(f"RE%47IST%45R sip:{far} SIP/2.0", plain("RE%47IST%45R", f"{m}e"))
    yield "lwsdisp", _options(uri, f"{m}f", From=f"caller<sip:c@x.invalid>;tag={m}")
    long = "longvalue" * 400
    yield (
        "longreq",
        _invite(
            uri,
            f"{m}g",
            To=f'"{long}" <sip:x@x.invalid:5060;p={long}>',
            Unknown_Long=long,
            Call_ID=f"{m}g.{long}",
        ),
    )
    first = _register(far, f"{m}h")
    yield "dblreq", first + _invite(uri, f"{m}h2")
    yield "semiuri", _options(f"sip:user;par=u%40example.net@{far}", f"{m}i")
    ways = ("UDP", "SCTP", "TLS", "UNKNOWN", "TCP")
    vias = [
        ("Via", f"SIP/2.0/{way} t{n}.invalid;branch=z9hG4bK{m}j{n}") for n, way in enumerate(ways)
    ]
    yield "transports", text(f"OPTIONS {uri} SIP/2.0", [*vias, *plain("OPTIONS", f"{m}j")[1:]])
    parts = (
        "--7a9\r\nContent-Type: text/plain\r\n\r\nHello\r\n--7a9\r\n\r\n\x01\udc89\r\n--7a9--\r\n"
    )
    yield (
        "mpart01",
        text(
            f"MESSAGE {uri} SIP/2.0",
            [*plain("MESSAGE", f"{m}k"), ("Content-Type", "multipart/mixed;boundary=7a9")],
            parts,
        ),
    )
    said = "= 2**3 * 5**2 \u043d\u043e \u0441\u0442\u043e"
    yield "unreason", text(f"SIP/2.0 200 {said}", plain("INVITE", f"{m}l"), SDP)
    yield "noreason", text("SIP/2.0 100 ", plain("INVITE", f"{m}m"))


def _invalid(uri: str, far: str, m: str) -> Iterator[tuple[str, bytes]]:
    """3.1.2: wrong in the writing."""
    yield (
        "badinv01",
        _invite(
            uri,
            f"{m}n",
            Contact='"Joe" <sip:joe@example.org>;;;;',
            Via=f"SIP/2.0/UDP 192.0.2.15;;,;,,;branch=z9hG4bK{m}n",
        ),
    )
    yield "clerr", text(f"INVITE {uri} SIP/2.0", plain("INVITE", f"{m}o"), SDP, "9999")
    yield "ncl", text(f"INVITE {uri} SIP/2.0", plain("INVITE", f"{m}p"), SDP, "-999")
    yield (
        "scalar02",
        _register(
            far,
            f"{m}q",
            CSeq="36893488147419103232 REGISTER",
            Max_Forwards="300",
            Expires="1" * 30,
            Contact="<sip:x@x>;expires=280297596632815",
        ),
    )
    yield (
        "scalarlg",
        text(
            "SIP/2.0 503 Busy",
            plain(
                "INVITE",
                f"{m}r",
                CSeq="9292394834772304023312 OPTIONS",
                Retry_After="949302838503028349304023988",
            ),
        ),
    )
    yield "quotbal", _invite(uri, f"{m}s", To='"Mr. J. User <sip:j@x.invalid>')
    yield "ltgtruri", _invite(f"<{uri}>", f"{m}t")
    yield "lwsruri", _invite(f"{uri}; lr", f"{m}u")
    yield "lwsstart", text(f"INVITE  {uri}  SIP/2.0", plain("INVITE", f"{m}v"), SDP)
    yield "trws", text(f"OPTIONS {uri} SIP/2.0  ", plain("OPTIONS", f"{m}w"))
    yield "escruri", _invite(f"{uri}?Route=%3Csip:example.invalid%3E", f"{m}x")
    yield "baddate", _invite(uri, f"{m}y", Date="Fri, 01 Jan 2010 16:00:00 EST")
    yield "regbadct", _register(far, f"{m}z", Contact="sip:user@example.invalid?Route=%3Csip:s%3E")
    yield (
        "badaspec",
        _options(
            uri,
            f"{m}A",
            From='"Bell, A." <sip:a.g.bell@x>;tag=1,<sip:b@x>',
            To='"Watson, T." < sip:t.watson@ieee.invalid >',
        ),
    )
    yield "baddn", _options(uri, f"{m}B", To="Bell, Alexander <sip:a@x.invalid>")
    yield (
        "badvers",
        text(
            f"OPTIONS {uri} SIP/7.0",
            plain("OPTIONS", f"{m}C", Via="SIP/7.0/UDP 192.0.2.1;branch=x"),
        ),
    )
    yield "mismatch01", _options(uri, f"{m}D", CSeq="8 INVITE")
    yield (
        "mismatch02",
        text(f"NEWMETHOD {uri} SIP/2.0", plain("NEWMETHOD", f"{m}E", CSeq="8 INVITE"), SDP),
    )
    yield "bigcode", text("SIP/2.0 4294967301 better not break", plain("INVITE", f"{m}F"))


def _layers(uri: str, far: str, m: str) -> Iterator[tuple[str, bytes]]:
    """3.2 to 3.4: right in the writing, wrong for transactions and what stands on them."""
    yield "badbranch", _options(uri, "", Via="SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK")
    yield (
        "insuf",
        text(f"INVITE {uri} SIP/2.0", [("CSeq", "1 INVITE"), ("Max-Forwards", "70")], SDP),
    )
    yield "unkscm", _options("nobodyKnowsThisScheme:totallyopaquecontent", f"{m}G")
    yield "novelsc", _options("soap.beep://192.0.2.103:3002", f"{m}H")
    yield (
        "unksm2",
        _register(far, f"{m}I", To="isbn:2983792873", From=f"<http://www.x.invalid>;tag={m}"),
    )
    yield (
        "bext01",
        _options(
            uri,
            f"{m}J",
            Require="nothingSupportsThis, nothingSupportsThisEither",
            Proxy_Require="noProxiesSupportThis",
        ),
    )
    yield (
        "invut",
        text(
            f"INVITE {uri} SIP/2.0",
            [*plain("INVITE", f"{m}K"), ("Content-Type", "application/unknownformat")],
            "<audio/>",
        ),
    )
    yield "regaut01", _register(far, f"{m}L", Authorization="NoOneKnowsThisScheme opaque-data=here")
    twice = [
        *plain("INVITE", f"{m}M"),
        ("Call-ID", "second"),
        ("To", "<sip:z@z>"),
        ("CSeq", "59 INVITE"),
        ("From", "<sip:z@z>;tag=9"),
        ("Max-Forwards", "3"),
    ]
    yield "multi01", text(f"INVITE {uri} SIP/2.0", twice, SDP)
    yield (
        "mcl01",
        text(
            f"OPTIONS {uri} SIP/2.0",
            [*plain("OPTIONS", f"{m}N"), ("Content-Length", "13")],
            "",
            "5",
        ),
    )
    yield (
        "bcast",
        text(
            "SIP/2.0 200 OK",
            plain("INVITE", f"{m}O", Via="SIP/2.0/UDP 255.255.255.255;branch=z9hG4bKx"),
        ),
    )
    yield "zeromf", _options(uri, f"{m}P", Max_Forwards="0")
    yield "cparam01", _register(far, f"{m}Q", Contact="sip:w@example.invalid;unknownparam")
    yield "cparam02", _register(far, f"{m}R", Contact="<sip:w@example.invalid;unknownparam>")
    yield (
        "regescrt",
        _register(far, f"{m}S", Contact="<sip:u@example.invalid?Route=%3Csip:s.invalid%3E>"),
    )
    yield "sdp01", _invite(uri, f"{m}T", Accept="text/nobodyKnowsThis")
    yield (
        "inv2543",
        text(
            f"INVITE {uri} SIP/2.0",
            plain(
                "INVITE",
                f"{m}U",
                Via="SIP/2.0/UDP 192.0.2.1",
                From="sip:caller@x.invalid",
                Max_Forwards="-",
            ),
            SDP,
        ),
    )


def requests(uri: str, mark: str) -> Mapping[str, bytes]:
    """Give one ordinary request of each method."""
    return {
        method: text(f"{method} {uri} SIP/2.0", plain(method, f"{mark}{method}"), SDP)
        for method in METHODS
    }


def damaged(message: bytes, chance: Random) -> bytes:
    """Damage a message in one to four ways."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(message) + 1)
        to = min(len(message), at + chance.choice((1, 2, 5, 20, 100)))
        message = chance.choice(_DAMAGES)(message, at, to, chance) or b"\r\n"
    return message[:60_000]


def _shuffled(data: bytes, at: int, to: int, chance: Random) -> bytes:
    lines = data.split(b"\r\n")
    chance.shuffle(lines)
    return b"\r\n".join(lines)


def _repeated(data: bytes, at: int, to: int, chance: Random) -> bytes:
    return data[:to] + data[at:to] * chance.choice((1, 2, 50)) + data[to:]


def _flooded(data: bytes, at: int, to: int, chance: Random) -> bytes:
    return data[:at] + bytes((chance.randrange(256),)) * chance.choice((1, 64, 2000)) + data[at:]


Damage = Callable[[bytes, int, int, Random], bytes]
_DAMAGES: tuple[Damage, ...] = (
    lambda data, at, to, chance: data[:at] + chance.randbytes(to - at) + data[to:],
    lambda data, at, to, chance: data[:at] + data[to:],
    lambda data, at, to, chance: data[:at] + chance.choice(WORDS).encode() + data[at:],
    lambda data, at, to, chance: data[: at + 40],
    _shuffled,
    _repeated,
    _flooded,
)
