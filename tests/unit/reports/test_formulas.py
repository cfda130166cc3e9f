"""The formulas' own examples hold, and files cannot run anything."""

import csv
import doctest
import io
import zipfile
from pathlib import Path

import pytest

from domain.errors import Refused
from reports import days, export, metrics
from reports.days import span
from reports.export import to_csv, to_xlsx
from reports.metrics import FORMULAS
from reports.report import Column, Report

BAD = ("=1+1", "+cmd", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1a", "－1a", "＠x", " =1")


@pytest.mark.parametrize("module", [days, export, metrics])
def test_examples(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted and not result.failed


def _report() -> Report:
    rows = tuple({"node": text, "visits": n} for n, text in enumerate((*BAD, "林小雨", "-5")))
    columns = (Column("node", "节点", "Node", ""), Column("visits", "到达次数", "Visits", "次"))
    return Report("ivr", 0, 1, "", {"visits": "visits@1"}, columns, rows, {"visits": 78})


def test_csv_holds_texts_that_a_spreadsheet_would_run_as_texts() -> None:
    data = to_csv(_report())
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert lines[0] == ["节点", "到达次数 (次)"] and lines[-1] == ["合计", "78"]
    assert all(line[0].startswith("'") for line in lines[1 : 1 + len(BAD)])
    assert lines[-3][0] == "林小雨" and lines[-2][0] == "-5"


def test_xlsx_holds_no_formula() -> None:
    book = zipfile.ZipFile(io.BytesIO(to_xlsx(_report())))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "林小雨" in sheet


@pytest.mark.parametrize("end", ["2026-11-21", "soon"])
def test_times_that_make_no_sense_are_refused(end: str) -> None:
    with pytest.raises(Refused):
        span("2026-11-22", end, 0)


def test_the_document_tells_every_formula_as_it_is() -> None:
    document = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text()
    for formulas in FORMULAS.values():
        for f in formulas:
            assert f"| `{f.id}` | {f.zh} | {f.en} | {f.unit} | {f.text} |" in document
