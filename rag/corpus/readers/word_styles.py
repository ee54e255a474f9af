"""What the styles of a Word document say of a paragraph: is it a heading, a title, of a list, of a contents page."""

import re
from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TITLE = 0
_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_TITLES = frozenset({"title", "标题"})
_CONTENTS = re.compile(r"(?:toc|目录)(?:\s*\d|\s+heading)?", re.IGNORECASE)
_BODY = 9
# GB/T 9704 sets the title of an official document in size 2 (22 pt) and headings and text in size 3 (16 pt).
_TITLE_HALF_POINTS = 36


class Styles:
    """The styles of one document, by their ids, with what they inherit."""

    def __init__(self, definitions: Any) -> None:
        """`definitions` is the root of word/styles.xml."""
        styles = list(definitions.iter(W + "style"))
        self._by_id = {style.get(W + "styleId"): style for style in styles}
        self._default = next(
            (
                each
                for each in styles
                if each.get(W + "type") == "paragraph" and each.get(W + "default") == "1"
            ),
            None,
        )

    def level(self, paragraph: Any) -> int | None:
        """TITLE for a title, 1..9 for a heading, None for anything else."""
        for style in self._chain(paragraph):
            name = _value(style, "name")
            match = _HEADING.fullmatch(name)
            if match is not None:
                return int(match[1])
            if name.lower() in _TITLES:
                return TITLE
        outline = self._property(paragraph, "outlineLvl")
        if outline is not None and int(outline.get(W + "val", _BODY)) < _BODY:
            return int(outline.get(W + "val")) + 1
        return TITLE if self._looks_like_title(paragraph) else None

    def is_contents(self, paragraph: Any) -> bool:
        """Whether it is a line of the table of contents, which says again what the headings say."""
        return any(_CONTENTS.fullmatch(_value(style, "name")) for style in self._chain(paragraph))

    def list_place(self, paragraph: Any) -> tuple[str, int] | None:
        """The id of the list a paragraph belongs to and its level in it, or None."""
        place = self._property(paragraph, "numPr")
        if place is None or not _value(place, "numId"):
            return None
        level = _value(place, "ilvl")
        return _value(place, "numId"), int(level) if level.isdecimal() else 0

    def _looks_like_title(self, paragraph: Any) -> bool:
        alignment = self._property(paragraph, "jc")
        if alignment is None or alignment.get(W + "val") != "center":
            return False
        sizes = [
            self._size(run, paragraph) for run in paragraph.iter(W + "r") if run.find(W + "t") is not None
        ]
        return bool(sizes) and min(sizes) >= _TITLE_HALF_POINTS

    def _size(self, run: Any, paragraph: Any) -> int:
        """Half-points of a run; 0 where neither the run nor a style says."""
        for holder in (run, *self._chain(paragraph)):
            size = holder.find(f"{W}rPr/{W}sz")
            if size is not None and size.get(W + "val", "").isdecimal():
                return int(size.get(W + "val"))
        return 0

    def _property(self, paragraph: Any, name: str) -> Any:
        """A paragraph property: the paragraph's own, else that of the nearest style; None where there is none."""
        for holder in (paragraph, *self._chain(paragraph)):
            found = holder.find(f"{W}pPr/{W}{name}")
            if found is not None:
                return found
        return None

    def _chain(self, paragraph: Any) -> Iterator[Any]:
        """The style of a paragraph, then those it is based on; a circle is walked once."""
        named = paragraph.find(f"{W}pPr/{W}pStyle")
        style = self._default if named is None else self._by_id.get(named.get(W + "val"))
        seen: set[int] = set()
        while style is not None and id(style) not in seen:
            seen.add(id(style))
            yield style
            style = self._by_id.get(_value(style, "basedOn"))


def _value(element: Any, child: str) -> str:
    """The `w:val` of a child, or empty."""
    found = element.find(W + child)
    return "" if found is None else str(found.get(W + "val", ""))
