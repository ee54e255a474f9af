"""The rows as files: CSV and xlsx. Text never becomes a formula; numbers are numbers."""

import csv
import io
import re
from collections.abc import Callable, Iterable
from decimal import Decimal

from rag.indicators.row import Row
from rag.types import Span
from ui.pages.indicators.texts import Words

Cell = str | Decimal | int | None
Excerpt = Callable[[Span], str]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WIDTHS = (34, 16, 10, 18, 14, 12, 10, 10, 22, 14, 12, 34, 26, 8, 8, 60, 18)
_LONGEST_CELL = 32_000
"""Characters of a cell; a spreadsheet takes 32767."""


def cells(row: Row, words: Words, excerpt: Excerpt) -> tuple[Cell, ...]:
    """The cells of a row, as `Words.file_columns` names them."""
    return (
        row.indicator,
        row.value,
        row.qualifier,
        row.number,
        row.upper,
        row.unit,
        words.aspects[row.aspect],
        row.change,
        row.region.name if row.region else "",
        row.period.label if row.period else "",
        words.outcomes[row.outcome] if row.outcome else "",
        row.title,
        row.span.file,
        row.span.start,
        row.span.end,
        " ".join(excerpt(row.sentence).split()),
        " ".join(f"{span.file}:{span.start}-{span.end}" for span in row.repeats),
    )


def write_csv(rows: Iterable[Row], words: Words, excerpt: Excerpt) -> bytes:
    """A CSV file in UTF-8 with a byte order mark, which spreadsheets need; a text that could be a formula begins with '."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(words.file_columns)
    for row in rows:
        writer.writerow([_plain(cell) for cell in cells(row, words, excerpt)])
    return out.getvalue().encode("utf-8-sig", "replace")


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return format(cell, "f") if isinstance(cell, Decimal) else str(cell)
    text = _CONTROL.sub("", cell)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_FORMULA) else text


def write_xlsx(rows: Iterable[Row], words: Words, excerpt: Excerpt, title: str) -> bytes:
    """An Excel workbook with one sheet; every text is a text cell, whatever it begins with."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"

    def put(value: Cell, bold: bool = False) -> "WriteOnlyCell":
        text = _CONTROL.sub("", value)[:_LONGEST_CELL] if isinstance(value, str) else value
        cell = WriteOnlyCell(sheet, value=text if text != "" else None)
        if isinstance(text, str) and text:
            cell.data_type = "s"
        if bold:
            cell.font = Font(bold=True)
        return cell

    sheet.append([put(name, bold=True) for name in words.file_columns])
    count = 1
    for row in rows:
        sheet.append([put(cell) for cell in cells(row, words, excerpt)])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(words.file_columns))}{count}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
