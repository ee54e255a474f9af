"""The links between the pages, the same on the chat and on every page beside it."""

from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from urllib.parse import urlencode

from ui.chat.texts import CHINESE, ENGLISH
from ui.guard.login import LEAVE

CHAT, DOCUMENTS, INDICATORS, EVALUATION = "", "documents", "indicators", "evaluation"
"""The paths of the pages below the root of the site; a page's own pages lie below its path."""

PAGES = (CHAT, DOCUMENTS, INDICATORS, EVALUATION)

_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        CHINESE: {CHAT: "问答", DOCUMENTS: "文档", INDICATORS: "指标", EVALUATION: "评测"},
        ENGLISH: {CHAT: "Chat", DOCUMENTS: "Documents", INDICATORS: "Indicators", EVALUATION: "Evaluation"},
    }
)
_LABEL: Mapping[str, str] = MappingProxyType({CHINESE: "页面", ENGLISH: "Pages"})
_LEAVE: Mapping[str, str] = MappingProxyType({CHINESE: "退出", ENGLISH: "Log out"})
_DOOR = (
    '<svg class="only-phone" viewBox="0 0 20 20" aria-hidden="true">'
    '<path d="M8 3.5H4v13h4M8.5 10H17M13.5 6.5 17 10l-3.5 3.5"/></svg>'
)


def name_page(language: str, page: str) -> str:
    """What a page is called, such as 文档."""
    return _NAMES[language][page]


def render_navigation(language: str, here: str, root: str = "") -> str:
    """The links to all pages, the one that is open marked; they keep the language.

    `root` is the path that the site lies below, with no slash at its end; "." for links as seen from the chat.
    """
    links = "".join(
        f'<a href="{escape(link(root, page, language))}"{_current(page == here)}>'
        f"{escape(name_page(language, page))}</a>"
        for page in PAGES
    )
    return f'<nav class="pages" aria-label="{escape(_LABEL[language])}">{links}</nav>'


def render_leave(language: str, root: str = "") -> str:
    """The button that logs out, for a server with a token: a form, so that it works without scripts."""
    label = escape(_LEAVE[language])
    return (
        f'<form class="leave" method="post" action="{escape(root)}{LEAVE}">'
        f'<button class="quiet" title="{label}">{_DOOR}<span class="not-phone">{label}</span></button></form>'
    )


def link(root: str, path: str, language: str, **query: str | int) -> str:
    """The address of a page in a language, its query percent-encoded."""
    return f"{root}/{path}?{urlencode({**query, 'lang': language})}"


def _current(is_current: bool) -> str:
    return ' aria-current="page"' if is_current else ""
