"""What a page refuses to do, with the status that HTTP has for it; the words are in the tables of texts."""

from collections.abc import Iterator
from contextlib import contextmanager

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

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the response: the rest of a body that is too long or too slow must not be waited for."""
        return {"Connection": "close"} if self.status in (408, 413) else {}


@contextmanager
def writing(name: str) -> Iterator[None]:
    """Say as Refused (`cannot_write`) that the disk does not take what is done with the file of this name."""
    try:
        yield
    except OSError as error:
        raise Refused("cannot_write", 507, file=name, reason=error.strerror or str(error)) from error
