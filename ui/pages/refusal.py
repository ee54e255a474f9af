"""What a page refuses to do, with the status that HTTP has for it; the words are in the tables of texts."""

from rag.errors import GanwenError


class Refused(GanwenError):
    """Something that was asked of a page is not done.

    `code` is the key of its words in the page's texts, `values` fill them; `status` is an HTTP status.
    """

    def __init__(self, code: str, status: int, **values: str | float) -> None:
        super().__init__(f"{code}: {values}")
        self.code = code
        self.status = status
        self.values = values
