"""Who is asked to rate: identity I7 needs a reason for every answered call that was not. Pure."""


def reason_not_to_ask(*, switched_on: bool, answered: bool, ended_by: str) -> str:
    """Give the reason why this caller is not asked, "" = ask.

    >>> reason_not_to_ask(switched_on=True, answered=True, ended_by="agent")
    ''
    >>> reason_not_to_ask(switched_on=True, answered=True, ended_by="caller")
    'caller_hung_up'
    """
    if not switched_on:
        return "switched_off"
    if not answered:
        return "not_answered"
    return {"agent": "", "caller": "caller_hung_up"}.get(ended_by, "error")
