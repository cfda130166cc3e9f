"""A walk always ends, whatever the caller presses, and each node does what it says."""

from hypothesis import given, strategies as st

from domain.events import (
    EdgeTaken,
    FlowEnded,
    GroupChosen,
    KeyPressed,
    MessageLeft,
    StepEntered,
    SurveyAnswered,
    SurveyInvited,
    SurveySkipped,
)
from domain.ids import AgentId, CallId, GroupId
from domain.ports import GroupView
from ivr.lint import Known
from ivr.load import load
from ivr.model import (
    Act,
    Ask,
    CalendarSeen,
    Digits,
    Flow,
    Given,
    GroupSeen,
    Heard,
    Leave,
    LookAtCalendar,
    LookAtGroup,
    MessageTaken,
    Play,
    TakeMessage,
    TellFact,
    TimedOut,
)
from ivr.step import MOST_STEPS, State, begin, step

CALL = CallId("C1")
GIVEN = Given(CALL, "workdays", AgentId("8001"), {"presale": 3})
TEXT = """\
flow: all
start: hello
values: {brand: a}
nodes:
  hello: {kind: play, prompts: [hi, notice], notice: true, next: mark}
  mark: {kind: set, name: brand, value: b, next: hours}
  hours: {kind: hours, open: menu, closed: message}
  menu:
    kind: menu
    prompts: "menu_{brand}"
    keys: {"1": staffed, "2": vip, "9": hello, "#": rate}
    labels: {"1": 订单查询}
    repeat: "*"
    tries: 2
    invalid: wrong
    no_input: silent
    otherwise: vip
  staffed: {kind: staffed, group: presale, yes: presale, no: message}
  presale: {kind: group, group: presale, intent: "订单-{brand}", prompts: soon}
  vip: {kind: group, group: vip, priority: 1}
  message: {kind: voicemail, box: presale, prompts: speak, saved: kept, empty: none, next: bye}
  bye: {kind: hang_up, prompts: bye}
  rate: {kind: survey, prompts: rate, thanks: thanks, invalid: wrong}
"""
FLOW: Flow = load("all", TEXT, Known())
OPEN, CLOSED = CalendarSeen(True), CalendarSeen(False)
STAFFED, EMPTY = GroupSeen(GroupView(3, 0, 2)), GroupSeen(GroupView(0, 0, 0))


def run(*heard: Heard) -> tuple[State, list[Act]]:
    state, acts = begin(FLOW, GIVEN)
    done = list(acts)
    for answer in heard:
        state, acts = step(state, answer)
        done += acts
    return state, done


def facts(acts: list[Act]) -> list[object]:
    return [act.event for act in acts if isinstance(act, TellFact)]


def others(acts: list[Act]) -> list[object]:
    return [fact for fact in facts(acts) if not isinstance(fact, EdgeTaken)]


def test_the_way_to_a_group_is_told_step_by_step() -> None:
    state, acts = run(OPEN, Digits("1"), STAFFED)
    assert facts(acts) == [
        StepEntered(CALL, "hello", "play", "all"),
        EdgeTaken(CALL, "hello", "next", "all"),
        StepEntered(CALL, "mark", "set", "all"),
        EdgeTaken(CALL, "mark", "next", "all"),
        StepEntered(CALL, "hours", "hours", "all"),
        EdgeTaken(CALL, "hours", "open", "all"),
        StepEntered(CALL, "menu", "menu", "all"),
        KeyPressed(CALL, "menu", "1", "订单查询"),
        EdgeTaken(CALL, "menu", "1", "all"),
        StepEntered(CALL, "staffed", "staffed", "all"),
        EdgeTaken(CALL, "staffed", "yes", "all"),
        StepEntered(CALL, "presale", "group", "all"),
        GroupChosen(CALL, GroupId("presale"), 3, "订单-b"),
        EdgeTaken(CALL, "presale", "hold", "all"),
        FlowEnded(CALL, "group"),
    ]
    assert acts[-1] == Leave("hold", "group", "presale", 3)
    assert state.over


def test_the_questions_carry_what_the_text_says() -> None:
    _, acts = run(OPEN)
    assert Play(("hi", "notice"), notice=True) in acts
    assert LookAtCalendar("workdays") in acts
    assert acts[-1] == Ask(("menu_b",), 1, 5.0, 3.0, "")
    assert run(OPEN, Digits("1"))[1][-1] == LookAtGroup("presale")


def test_wrong_and_missing_keys_are_told_apart_and_lead_on() -> None:
    _, acts = run(OPEN, Digits("5"))
    assert acts[-1] == Ask(("wrong", "menu_b"), 1, 5.0, 3.0, "")
    _, acts = run(OPEN, TimedOut())
    assert acts[-1] == Ask(("silent", "menu_b"), 1, 5.0, 3.0, "")
    _, acts = run(OPEN, TimedOut(), Digits(""))
    assert acts[-1] == Leave("hold", "group", "vip", 1)


def test_a_repeat_costs_no_try() -> None:
    state, _ = run(OPEN, Digits("5"), Digits("*"), Digits("*"))
    assert (state.node, state.tries) == ("menu", 1)


def test_outcomes_of_closed_nobody_and_voicemail() -> None:
    kept, none = MessageTaken(9.5, "key", "m.mp3"), MessageTaken(0.4, "key", "m.mp3")
    gone, nothing = MessageTaken(3, "hangup", "m.mp3"), MessageTaken(0, "hangup", "m.mp3")
    _, acts = run(CLOSED, kept)
    assert MessageLeft(CALL, "presale", "m.mp3", 9.5) in facts(acts)
    assert acts[-1] == Leave("hangup", "voicemail")
    assert run(CLOSED, none)[1][-1] == Leave("hangup", "closed")
    assert run(OPEN, Digits("1"), EMPTY, none)[1][-1] == Leave("hangup", "nobody")
    _, acts = run(CLOSED, gone)
    assert others(acts)[-2:] == [
        MessageLeft(CALL, "presale", "m.mp3", 3),
        FlowEnded(CALL, "voicemail"),
    ]
    assert Play(("kept",)) not in acts
    assert run(CLOSED, nothing)[1][-1] == Leave("hangup", "closed")


def test_a_survey_tells_its_score_or_the_reason_and_no_flow_end() -> None:
    invited = SurveyInvited(CALL, AgentId("8001"))
    _, acts = run(OPEN, Digits("#"), Digits("7"), Digits("4"))
    assert others(acts)[-2:] == [invited, SurveyAnswered(CALL, AgentId("8001"), 4)]
    assert [acts[-3], acts[-1]] == [Play(("thanks",)), Leave("hangup")]
    _, acts = run(OPEN, Digits("#"), Digits("7"), Digits("7"))
    assert others(acts)[-1] == SurveySkipped(CALL, AgentId("8001"), "invalid")
    _, acts = run(OPEN, Digits("#"), TimedOut(), TimedOut())
    assert others(acts)[-1] == SurveySkipped(CALL, AgentId("8001"), "no_input")


def test_an_answer_nobody_asked_for_changes_nothing() -> None:
    state, _ = run(OPEN)
    assert step(state, STAFFED) == (state, ())
    over, _ = run(OPEN, Digits("2"))
    assert step(over, Digits("1")) == (over, ())


def test_a_caller_who_only_goes_round_is_let_go() -> None:
    state, acts = begin(FLOW, GIVEN)
    rounds = 0
    while not state.over:
        state, acts = step(state, OPEN if state.node == "hours" else Digits("9"))
        rounds += 1
    assert rounds <= MOST_STEPS
    assert acts[-1] == Leave("hangup", "hang_up")
    assert FlowEnded(CALL, "hang_up") in facts(list(acts))


ANSWERS: dict[type[Act], st.SearchStrategy[Heard]] = {
    Ask: st.one_of(st.just(TimedOut()), st.builds(Digits, st.text("0123456789*#", max_size=2))),
    LookAtCalendar: st.builds(CalendarSeen, st.booleans()),
    LookAtGroup: st.builds(
        lambda n: GroupSeen(GroupView(waiting=n, ready=0, signed_in=n)), st.integers(0, 2)
    ),
    TakeMessage: st.builds(
        MessageTaken,
        st.floats(0, 200),
        st.sampled_from(["key", "silence", "limit", "hangup"]),
        st.just("f"),
    ),
}


@given(st.data())
def test_every_walk_ends_with_one_leave_and_one_end(data: st.DataObject) -> None:
    state, acts = begin(FLOW, GIVEN)
    done = list(acts)
    while not state.over:
        assert type(acts[-1]) in ANSWERS, "the last act is a question"
        before = state.steps
        state, acts = step(state, data.draw(ANSWERS[type(acts[-1])]))
        assert state.over or state.steps > before
        done += acts
    told = facts(done)
    assert [type(act) for act in done].count(Leave) == 1
    assert isinstance(done[-1], Leave)
    rated = any(isinstance(fact, SurveyAnswered | SurveySkipped) for fact in told)
    assert sum(isinstance(fact, FlowEnded) for fact in told) == (0 if rated else 1)
    assert (done[-1].verdict == "hold") == any(isinstance(fact, GroupChosen) for fact in told)
