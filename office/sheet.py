"""A table as people keep it in Excel: bytes → rows under known columns. Pure.

UTF-8 with or without BOM, UTF-16 (Excel's "Unicode text") and GBK (Excel in China) are read;
comma, semicolon or tab part the cells.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.errors import Fault, Refused
from office.texts import both

MOST_ROWS = 5000
_RISKY = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: where it stands, and its cells by column (none if absent).

    A `wide` one has more cells than there are columns: which belongs where, nobody knows.
    """

    line: int
    cells: Mapping[str, str]
    wide: bool = False


def read_sheet(file: str, data: bytes, columns: Mapping[str, Sequence[str]]) -> list[Row]:
    """Read a table whose first line names its columns (each by any of its names).

    Refused as a whole when it is no table: unreadable, columns unknown or twice, the first of
    `columns` missing, too long.
    """
    text = _text(file, data)
    lines = _lines(file, text)
    head = next(lines, None)
    if head is None:
        raise Refused(Fault(file, 1, "", both("文件是空的", "the file is empty")))
    names = _head(file, head[1], columns)
    key = next(iter(columns))
    if key not in names:
        raise Refused(Fault(file, 1, key, both("缺少这一列", "this column is missing")))
    rows = [_row(line, names, cells) for line, cells in lines if any(cells)]
    if len(rows) > MOST_ROWS:
        raise Refused(Fault(file, 0, "", both(f"最多 {MOST_ROWS} 行", f"at most {MOST_ROWS} rows")))
    return rows


def write_sheet(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a table that Excel opens with a double click: UTF-8 with BOM, no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _text(file: str, data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        kinds: tuple[str, ...] = ("utf-16",)
    else:
        kinds = ("utf-8-sig", "gb18030")
    for kind in kinds:
        try:
            return data.decode(kind)
        except UnicodeDecodeError:
            continue
    text = both("既不是 UTF-8 也不是 GBK 编码", "is neither UTF-8 nor GBK")
    raise Refused(Fault(file, 0, "", text))


def _lines(file: str, text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    parts = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=parts)
    before = 0
    try:
        for cells in reader:
            yield before + 1, [_plain(cell) for cell in cells]
            before = reader.line_num
    except csv.Error as error:
        broken = both("这一行读不了", f"this line cannot be read: {error}")
        raise Refused(Fault(file, reader.line_num, "", broken)) from error


def _head(file: str, cells: list[str], columns: Mapping[str, Sequence[str]]) -> list[str]:
    known = {name.lower(): key for key, names in columns.items() for name in (key, *names)}
    names = [known.get(cell.lower(), "") for cell in cells]
    there = ", ".join(columns)
    faults = []
    for cell, name in zip(cells, names, strict=True):
        if cell and not name:
            text = both(f"没有这一列（可用 {there}）", f"is not a column; there is {there}")
            faults.append(Fault(file, 1, cell[:40], text))
        elif name and names.count(name) > 1:
            faults.append(Fault(file, 1, name, both("这一列重复", "this column stands twice")))
    if not any(names):
        text = both(f"第一行应为列名：{there}", f"the first line must name columns: {there}")
        faults = [Fault(file, 1, "", text)]
    if faults:
        raise Refused(*faults)
    return names


def _row(line: int, names: list[str], cells: list[str]) -> Row:
    short = [*cells, *[""] * (len(names) - len(cells))]
    known = {name: cell for name, cell in zip(names, short, strict=False) if name}
    return Row(line, known, any(cells[len(names) :]))


def _plain(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _RISKY else cell


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RISKY) else cell
