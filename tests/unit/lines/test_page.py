"""The page on calls out names every word that a refusal or an unreached call may carry."""

import re
from pathlib import Path

import pytest

from lines import WORDS
from lines.refusals import REFUSALS

PAGE = (Path(__file__).parents[3] / "docs/howto/calls-out.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("word", [*REFUSALS, *WORDS])
def test_every_word_has_its_row(word: str) -> None:
    assert re.search(rf"^\| `{word}` \| ", PAGE, re.M)


def test_refusals_stand_in_the_order_of_asking() -> None:
    assert [word for word in re.findall(r"^\| `(\w+)` ", PAGE, re.M) if word in REFUSALS] == list(
        REFUSALS
    )


def test_the_sample_is_a_configuration() -> None:
    import yaml

    from office.model import CallsOut

    (sample,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    out = CallsOut.model_validate(yaml.safe_load(sample)["calls_out"])
    assert out.enabled and len(out.quiet) == 2
