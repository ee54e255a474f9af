"""What a reader gives: the text of a file, with what is known of its pages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of one file.

    `text` of a txt or md file is its decoded text, untouched: no newline translation, NULs kept, the byte
    order mark left out. Of any other format it is light Markdown (`markup`): blocks parted by a blank line,
    `#` to `######` before headings, tables as `| a | b |` rows of which the first is the header (there is
    no `| --- |` row), with caption and unit as lines above, `[^3]` where note 3 is marked and `[^3]: …`
    where it stands. `pages` holds the offset where each page starts, first page first; it is empty when
    the format has no pages.
    """

    text: str
    pages: tuple[int, ...] = ()
    markup: bool = False
