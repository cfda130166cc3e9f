"""How every refusal looks."""

from web.table import Schema


class FieldFault(Schema):
    """One mistake in what was given."""

    field: str
    text_zh: str
    text_en: str


class Problem(Schema):
    """A refusal: a code for programs, a sentence for people, the field when there is one."""

    code: str
    message_zh: str
    message_en: str
    field: str | None = None
    faults: list[FieldFault] | None = None
    id: str | None = None
