"""A table as a file that a spreadsheet opens rightly: CSV in pieces while it is read, XLSX with a row in memory.

A name that begins with = + - or @ would be run as a formula. In CSV such a text gets an apostrophe before it; an XLSX
cell says itself that it is text. Figures are numbers in both; one of more digits than a spreadsheet keeps is text.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, cast

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"  # without it Excel reads Arabic as another alphabet
MOST_DIGITS = 15  # of a number in a spreadsheet
LONGEST_CELL = 32_767  # characters, in a spreadsheet
MOST_SHEET_ROWS = (
    200_000  # an XLSX is finished only when its last row is: of more than that one waits too long
)
PIECE = 64 * 1024


def defused(text: str) -> str:
    """The text as a cell of a CSV file that no spreadsheet runs."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def csv_pieces(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """UTF-8. Cells: text, Decimal, int, aware datetime (written in its own zone), day, or None for unknown."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow([defused(title) for title in titles])
    for row in rows:
        writer.writerow([_in_csv(cell) for cell in row])
        if buffer.tell() > PIECE:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _in_csv(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return defused(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date):
        return cell.isoformat()
    return _digits(cell)


def _digits(figure: Decimal | int) -> str:
    told = f"{figure:f}" if isinstance(figure, Decimal) else str(figure)
    return told.rstrip("0").rstrip(".") if "." in told else told


def xlsx_file(
    name: str, titles: Sequence[str], rows: Iterable[Sequence[Any]], *, right_to_left: bool
) -> BinaryIO:
    """A temporary file that holds the workbook, at its beginning; it is gone when it is closed."""
    import xlsxwriter

    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 (whoever sends it closes it)
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(name[:31])
    head = book.add_format({"bold": True})
    time = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    text = book.add_format({"num_format": "@"})
    armed = book.add_format(
        {"num_format": "@", "quote_prefix": True}
    )  # stays text when somebody edits the cell
    if right_to_left:
        sheet.right_to_left()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(titles) - 1, 0), 18)
    for place, title in enumerate(titles):
        sheet.write_string(0, place, title, head)
    for line, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            if isinstance(cell, str):
                told = cell[:LONGEST_CELL]
                sheet.write_string(line, place, told, armed if told.startswith(FORMULA_SIGNS) else text)
            elif isinstance(cell, datetime):
                sheet.write_datetime(line, place, cell.replace(tzinfo=None), time)
            elif isinstance(cell, date):
                sheet.write_datetime(line, place, datetime(cell.year, cell.month, cell.day), day)
            elif len(Decimal(cell).normalize().as_tuple().digits) > MOST_DIGITS:
                sheet.write_string(line, place, _digits(cell), text)
            else:
                sheet.write_number(line, place, float(cell))  # which keeps 15 digits exactly
    book.close()
    file.seek(0)
    return file
