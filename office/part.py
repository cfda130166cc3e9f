"""What every piece of the configuration is made of: frozen, strict, with names in two languages."""

from importlib.metadata import entry_points
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from office.kinds import Line
from office.texts import both


class Part(BaseModel):
    """A frozen piece of the configuration; unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class BothNames(Part):
    """A name in both languages; one plain text serves for both."""

    zh: Line
    en: Line


def _words(value: Any) -> Any:
    return {"zh": value, "en": value} if isinstance(value, str) else value


Name = Annotated[BothNames, BeforeValidator(_words)]


def installed(group: str, ours: tuple[str, ...] = ()) -> AfterValidator:
    """Accept only what this installation has, ours or another package's."""

    def check(name: str) -> str:
        known = {*ours, *entry_points(group=group).names}
        if name not in known:
            there = ", ".join(sorted(known))
            raise ValueError(
                both(f"没有 {name}，可用：{there}", f"not installed; there is {there}")
            )
        return name

    return AfterValidator(check)
