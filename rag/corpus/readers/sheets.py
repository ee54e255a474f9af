"""xlsx files: every visible sheet as tables, with figures and dates as the sheet shows them."""

import datetime
import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

from rag.corpus.readers import markdown, office, tables
from rag.corpus.readers.figures import shown
from rag.corpus.readers.reading import Reading

_Place = tuple[int, int]


def read(file: str, data: bytes) -> Reading:
    """The text of an xlsx file. Raises UnreadableFile for one that is locked, old, damaged or a trap."""
    office.check(file, data)
    _check_merges(data)
    import openpyxl

    with warnings.catch_warnings():
        # openpyxl warns of drawings, validations and styles it leaves out; none of them is text.
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    blocks = [
        block for sheet in workbook.worksheets if sheet.sheet_state == "visible" for block in _sheet(sheet)
    ]
    return Reading(markdown.join(blocks), markup=True)


def _check_merges(data: bytes) -> None:
    """Raise ValueError for merged cells over more places than a table may have: openpyxl fills every one."""
    from lxml import etree
    from openpyxl.utils import range_boundaries

    covered = 0
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for member in package.namelist():
            if not member.lower().endswith(".xml"):
                continue
            with package.open(member) as part:
                for _, merge in etree.iterparse(part, tag="{*}mergeCell", resolve_entities=False):
                    left, top, right, bottom = range_boundaries(merge.get("ref"))
                    covered += (right - left + 1) * (bottom - top + 1)
                    merge.clear()
    if covered > tables.MAX_SLOTS:
        raise ValueError(f"merged cells over {covered} places")


def _sheet(sheet: Any) -> Iterator[str]:
    """The blocks of a sheet: its title, else its name, as heading; then its tables."""
    texts = {place: text for place, cell in sheet._cells.items() if (text := _text(cell))}
    blocks = [
        block for part in _parts(texts) for block in tables.blocks(_rows(part, sheet.merged_cells.ranges))
    ]
    if not blocks:
        return
    titled = not blocks[0].startswith("|") and not tables.is_unit(blocks[0])
    yield markdown.heading(1, blocks[0] if titled else sheet.title)
    yield from blocks[1:] if titled else blocks


def _text(cell: Any) -> str:
    """What a cell shows, in one line; empty for an error."""
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, bool | str):
        return " ".join(str(value).upper().split() if isinstance(value, bool) else value.split())
    if isinstance(value, int | float | datetime.datetime | datetime.date | datetime.time):
        return shown(value, cell.number_format)
    return " ".join(str(value).split())


def _parts(texts: dict[_Place, str]) -> Iterator[dict[_Place, str]]:
    """The tables of a sheet: one ends where an empty row is followed by a row with one text only, its caption."""
    rows: dict[int, dict[_Place, str]] = {}
    for place in sorted(texts):
        rows.setdefault(place[0], {})[place] = texts[place]
    part: dict[_Place, str] = {}
    last = 0
    for number, row in rows.items():
        if part and number > last + 1 and len(row) == 1:
            yield part
            part = {}
        part |= row
        last = number
    if part:
        yield part


def _rows(part: dict[_Place, str], merged: Any) -> list[list[tables.Cell]]:
    """The cells of one table, of its rows and columns that hold text only."""
    ys = {row: index for index, row in enumerate(sorted({row for row, _ in part}))}
    xs = {column: index for index, column in enumerate(sorted({column for _, column in part}))}
    if len(ys) * len(xs) > tables.MAX_SLOTS:
        raise ValueError(f"a table of more than {tables.MAX_SLOTS} cells")
    spans: dict[_Place, _Place] = {}
    covered: set[_Place] = set()
    for area in merged:
        if area.min_row not in ys:
            continue
        height = sum(row in ys for row in range(area.min_row, area.max_row + 1))
        width = sum(column in xs for column in range(area.min_col, area.max_col + 1))
        spans[area.min_row, area.min_col] = (height, width)
        covered |= {place for place in area.cells if place != (area.min_row, area.min_col)}
    return [
        [tables.Cell(part.get((y, x), ""), *spans.get((y, x), (1, 1))) for x in xs if (y, x) not in covered]
        for y in ys
    ]
