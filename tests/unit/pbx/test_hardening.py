"""What Asterisk loads lets nobody in; and every hole that one could make in it is found."""

from collections.abc import Iterator, Mapping

import pytest

from pbx.hardening import faults
from pbx.render import AgentPhones, render

from .test_render import SECRET, TEMPLATES, plan
from .test_render_trunk import ADDRESS, IMS

LINES = (
    ADDRESS,
    IMS,
    ADDRESS + 'username = "8001"\nchannels = 2\npresent = "ppi"\n',
    ADDRESS + 'dtmf = "info"\n',
)
AGENTS = tuple(
    AgentPhones(str(n), SECRET, SECRET, (("013800138000", "t0", "4000000001"),)) for n in (1, 22)
)


def rendered(settings: str = "", **changes: object) -> dict[str, str]:
    return render(TEMPLATES, plan(settings, **changes))


def variants() -> Iterator[dict[str, str]]:
    yield rendered()
    yield rendered("[ports]\nhep = 0\n")
    yield rendered('[sip]\nhost = "0.0.0.0"\ntls_port = 5161\n[web]\nhost = "0.0.0.0"\n')
    yield rendered('[media]\npublic_address = "203.0.113.5"\n')
    yield rendered(agents=AGENTS, groups=("a", "b"), hotlines=("4001", "+8628", "95123"))
    yield rendered(agents=(), groups=(), hotlines=())
    for line in LINES:
        line = line.replace('"S"', '"CARRIER"')
        secrets = plan().secrets
        yield rendered(f'[[trunk]]\nname = "carrier"\n{line}', secrets=secrets)


def test_whatever_is_rendered_keeps_every_rule() -> None:
    for files in variants():
        assert faults(files) == []


HOLES = (
    ("asterisk.conf", "live_dangerously = no", "live_dangerously = yes"),
    ("asterisk.conf", "live_dangerously = no", ""),
    ("manager.conf", "bindaddr = 127.0.0.1", "bindaddr = 0.0.0.0"),
    ("manager.conf", "webenabled = no", "webenabled = yes"),
    ("manager.conf", "write = call,originate", "write = system,originate"),
    ("manager.conf", "write = call,originate", "write = command,originate"),
    ("manager.conf", "read = call,agent,user", "read = call,agent,user,dtmf"),
    ("manager.conf", "read = call,agent,user", "read = all"),
    ("manager.conf", "write = config,reporting", "write = config,reporting,originate"),
    ("manager.conf", "permit = 127.0.0.1/255.255.255.255", "permit = 0.0.0.0/0.0.0.0"),
    ("manager.conf", "[watch](user)", "[watch]"),
    ("manager.conf", "[publish](user)", "[helpdesk](user)"),
    ("manager.conf", "secret = " + "w" * 24, "secret = amp111"),
    ("http.conf", "bindaddr = 127.0.0.1", "bindaddr = ::"),
    ("http.conf", "enable_status = no", "enable_status = yes"),
    ("modules.conf", "autoload = no", "autoload = yes"),
    ("modules.conf", "load = app_dial.so", "load = app_system.so"),
    ("modules.conf", "load = app_dial.so", "load = res_pjsip_messaging.so"),
    ("modules.conf", "load = app_dial.so", "load = func_env.so"),
    ("modules.conf", "load = app_dial.so", "load = res_ari_channels.so"),
    ("modules.conf", "load = app_dial.so", "load = res_pjsip_endpoint_identifier_anonymous.so"),
    ("pjsip.conf", "user_agent = SIP", "user_agent = Asterisk PBX 22"),
    ("pjsip.conf", "order = ip,username", "order = ip,username,anonymous"),
    ("pjsip.conf", "[trunk-test](trunk)", "[anonymous](trunk)"),
    ("pjsip.conf", "match = 127.0.0.2", "match = 0.0.0.0/0"),
    ("pjsip.conf", "match = 127.0.0.2", "match = ::/0"),
    ("pjsip.conf", "callerid = unknown <0>", "trust_id_outbound = no"),
    ("pjsip.conf", "trust_id_inbound = no", "trust_id_inbound = yes"),
    ("pjsip.conf", "context = from-trunk", "context = dial-out"),
    ("pjsip.conf", "allow_transfer = no", "allow_transfer = yes"),
    ("pjsip.conf", f"password = {SECRET}", "password = 1001"),
    ("pjsip.conf", "auth = a1001\n", ""),
    ("logger.conf", "notice,warning,error", "notice,warning,error,dtmf"),
    ("hep.conf", "127.0.0.1:", "198.51.100.1:"),
    ("features.conf", "blindxfer =", "blindxfer = #1"),
    ("queues.conf", "[general]", "#exec curl\n[general]"),
    ("queues.conf", "[general]", "#include /tmp/x.conf\n[general]"),
    ("extensions.conf", "#include dialplan-in.conf", "#include /tmp/x.conf"),
    ("dialplan-in.conf", "exten => echo,1,Answer(,i)", "exten => _X.,1,Answer(,i)"),
    ("dialplan-in.conf", "exten => echo,1,Answer(,i)", "exten => _9!,1,Answer(,i)"),
    ("dialplan-in.conf", "exten => echo,1,Answer(,i)", "exten => echo,1,Dial(PJSIP/${EXTEN})"),
    ("dialplan-in.conf", "CC_CALLED=${FILTER(0-9A-Za-z+_.*#,${EXTEN})}", "CC_CALLED=${EXTEN}"),
    ("dialplan-in.conf", "AGI(${AGI_URL}/flow)", "NoOp(${SIPDOMAIN})"),
    ("dialplan-in.conf", "AGI(${AGI_URL}/flow)", "Set(CC_FROM=${PJSIP_HEADER(read,From,1)})"),
    ("dialplan-in.conf", "AGI(${AGI_URL}/flow)", "UserEvent(X,Y: ${CC_RAW:1})"),
    ("dialplan-in.conf", "AGI(${AGI_URL}/flow)", "AGI(agi://192.0.2.1/flow)"),
    ("dialplan-in.conf", "AGI(${AGI_URL}/flow)", "System(id)"),
    ("dialplan-out.conf", "Set(CC_SIP=${CC_RAW:4:3})", "Set(CC_SIP=${CC_RAW})"),
    ("dialplan-out.conf", "Set(CALLERID(name)=)", "Set(CC_X=${CALLERID(name)})"),
    ("dialplan-out.conf", "${CC_RING},ib(far", "${CC_RING},Tib(far"),
    ("extensions.conf", "m(hold)gib(leg", "m(hold)gKib(leg"),
    ("extensions.conf", "Set(CC_SEEN=${CC_BEAT})", "Set(CC_SEEN=${SHELL(id)})"),
    ("extensions.conf", "Set(CC_SEEN=${CC_BEAT})", "Set(FILE(/tmp/x)=1)"),
    ("extensions.conf", "Set(CC_SEEN=${CC_BEAT})", "Set(DB(registrar/contact)=x)"),
    ("extensions.conf", "Set(CC_SEEN=${CC_BEAT})", "Set(CC_SEEN=${DB(a/b)})"),
    ("extensions.conf", "${CC_ABSENT}/heard)=${CC_HEARD}", "${CC_ABSENT}/heard)=${CC_RAW}"),
    ("extensions.conf", "Playback(${PROMPTS}/goodbye,noanswer)", "Originate(PJSIP/x,exten,a)"),
)


@pytest.mark.parametrize(("file", "old", "new"), HOLES)
def test_a_hole_is_found_in_its_file(file: str, old: str, new: str) -> None:
    files = rendered()
    assert old in files[file], "the test is out of date"
    holed: Mapping[str, str] = files | {file: files[file].replace(old, new, 1)}
    found = faults(holed)
    assert found
    assert {fault.file for fault in found} == {file}
