"""Reports as files: CSV for any spreadsheet (UTF-8 with mark), xlsx with typed cells.

A text that a spreadsheet would run as a formula is kept a text (CWE-1236): in CSV by a leading
apostrophe, in xlsx by the cell's type.
"""

import csv
import io
import json
import re
from typing import Any

import xlsxwriter

from reports.report import Report

_FORMULA = re.compile(r"^[\s]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]")
_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST = 32_767
"""What one xlsx cell can hold."""


def to_json(report: Report, language: str = "zh") -> bytes:
    """Give the report as the API does."""
    return (json.dumps(report.to_data(), ensure_ascii=False) + "\n").encode()


def to_csv(report: Report, language: str = "zh") -> bytes:
    """Give the report as CSV; `language` zh or en names the columns."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_heads(report, language))
    for row in _lines(report, language):
        writer.writerow([_harmless(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(report: Report, language: str = "zh") -> bytes:
    """Give the report as a workbook: the figures, and a sheet with each column's formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "in_memory": False})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(report.kind[:31])
    sheet.freeze_panes(1, 0)
    for column, head in enumerate(_heads(report, language)):
        sheet.write_string(0, column, head, bold)
    for line, row in enumerate(_lines(report, language), 1):
        for column, value in enumerate(row):
            _put(sheet, line, column, value)
    notes = book.add_worksheet("公式" if language == "zh" else "Formulas")
    for line, (name, text) in enumerate(report.formula.items()):
        notes.write_string(line, 0, name)
        notes.write_string(line, 1, text)
    book.close()
    return out.getvalue()


def _heads(report: Report, language: str) -> list[str]:
    names = [(c.zh if language == "zh" else c.en, c.unit) for c in report.columns]
    return [f"{name} ({unit})" if unit else name for name, unit in names]


def _lines(report: Report, language: str) -> list[list[Any]]:
    names = [column.id for column in report.columns]
    lines = [[row.get(name) for name in names] for row in report.rows]
    if len(report.rows) > 1:
        total = [report.total.get(name, "") for name in names]
        if names and names[0] not in report.total:
            total[0] = "合计" if language == "zh" else "Total"
        lines.append(total)
    return lines


def _harmless(value: Any) -> Any:
    """Keep a text from being run; numbers stay numbers.

    >>> _harmless("=1+1"), _harmless("-5"), _harmless(-5), _harmless("＝cmd")
    ("'=1+1", '-5', -5, "'＝cmd")
    """
    if not isinstance(value, str):
        return value
    clean = _CONTROL.sub("", value)
    if _NUMBER.match(clean):
        return clean
    return f"'{clean}" if _FORMULA.match(value) else clean


def _put(sheet: Any, line: int, column: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, int | float):
        sheet.write_number(line, column, value)
    else:
        sheet.write_string(line, column, _CONTROL.sub("", str(value))[:_LONGEST])
