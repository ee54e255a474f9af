"""Where a citation comes from: whether it still stands there, who issued its article and when, its reference (GB/T 7714)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.errors import IndexStoreError
from rag.store import Index
from rag.text import repair
from rag.types import Article, Citation, Document


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of the article that a citation stands in, beyond what the citation says; empty where unknown."""

    issuer: str = ""
    author: str = ""
    date: str = ""


def find_sources(index: Index, citations: Sequence[Citation]) -> tuple[Source, ...]:
    """The source of each citation, in order."""
    return tuple(_find_source(index, citation) for citation in citations)


def _find_source(index: Index, citation: Citation) -> Source:
    try:
        articles = index.document(citation.file).articles
    except IndexStoreError:
        return Source()
    article = next((each for each in articles if _holds(each, citation)), None)
    if article is None:
        return Source()
    return Source(article.issuer or "", article.author or "", article.date or "")


def _holds(article: Article, citation: Citation) -> bool:
    return any(start <= citation.start < end for start, end in article.spans)


def stands(cited: Citation, document: Document) -> bool:
    """Whether the words cited still stand there; an answer that was kept may be of an older file."""
    if not 0 <= cited.start < cited.end <= len(document.text):
        return False
    words = repair(document.text, cited.start, cited.end, document.drops).text
    return "".join(words.split()) == "".join(cited.text.split())


def refer(citation: Citation, source: Source, *, with_page: bool = True) -> str:
    """A reference as GB/T 7714—2015 has it for a report: 责任者. 题名[R]. 日期: 页码. 文件名.

    What is not known is left out; the file stands where the standard has the path of access.
    """
    return " ".join(_parts(citation, source, with_page))


def _parts(citation: Citation, source: Source, with_page: bool) -> Iterator[str]:
    if responsible := source.issuer or ", ".join(source.author.split()):
        yield f"{responsible}."
    yield f"{citation.title or _stem(citation.file)}[R]."
    page = str(citation.page) if with_page and citation.page is not None else ""
    if dated := ": ".join(part for part in (source.date, page) if part):
        yield f"{dated}."
    yield f"{citation.file}."


def _stem(file: str) -> str:
    return file.rpartition("/")[2].rpartition(".")[0] or file
