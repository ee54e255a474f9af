"""The frame of every page beside the chat: top bar, navigation, stylesheet, language, and what a browser may do on it.

A page is a handler that takes a Starlette request:

    frame = open_frame(request, settings, DOCUMENTS)
    return frame.respond(title, body, scripts=("documents.js",))

`body` is HTML whose every piece of data was escaped; scripts and styles are files of `ui/pages/assets`, never inline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse

from rag.settings import Settings
from ui.chat.texts import CHINESE, TEXTS, Texts, choose_language
from ui.pages.navigation import CHAT, link, name_page, render_leave, render_navigation

ASSETS = Path(__file__).parent / "assets"
ASSETS_PATH = "/ganwen/pages"
"""Where the files of `ASSETS` are served."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No inline script, no inline style, no other host, and no other site may show the page within its own."""

_SKIP = {CHINESE: "跳到正文"}


@dataclass(frozen=True, slots=True)
class Frame:
    """How a request is answered with a page: its language, the path that the site lies below, the page it is of.

    `has_token` says whether the server has a token, so that there is someone to log out.
    """

    language: str
    root: str
    page: str
    other_language: str
    has_token: bool = False

    @property
    def texts(self) -> Texts:
        """The words that the page shares with the chat."""
        return TEXTS[self.language]

    def link(self, path: str, **query: str | int) -> str:
        """The address of a path of the site, such as "documents/read", in the language of this page; not yet escaped."""
        return link(self.root, path, self.language, **query)

    def respond(
        self, title: str, body: str, *, scripts: Sequence[str] = (), status: int = 200
    ) -> HTMLResponse:
        """The whole page. `title` is plain text, `body` is HTML, `scripts` are names of files in `ASSETS`."""
        assets = f"{self.root}{ASSETS_PATH}"
        loads = "".join(f'<script src="{assets}/{escape(name)}" defer></script>' for name in scripts)
        html = (
            f'<!doctype html><html lang="{self.texts.lang}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="color-scheme" content="light dark">'
            f"<title>{escape(title)} · {escape(self.texts.name)}</title>"
            f'<link rel="icon" href="{self.root}/ganwen/favicon.svg">'
            f'<link rel="stylesheet" href="{self.root}/ganwen/page.css">'
            f'<link rel="stylesheet" href="{assets}/pages.css">{loads}</head>'
            f'<body class="framed"><div class="ganwen framed" lang="{self.texts.lang}">{self._render_banner()}'
            f'<main class="main" id="main" tabindex="-1">{body}</main></div></body></html>'
        )
        return HTMLResponse(
            html,
            status,
            {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-cache", "Vary": "Accept-Language"},
        )

    def refuse(self, title: str, reason: str, status: int) -> HTMLResponse:
        """A page that says only why there is nothing to see, and leads back; both texts are plain."""
        back = name_page(self.language, self.page)
        body = (
            f'<div class="page-head"><div><a class="quiet back" href="{escape(self.link(self.page))}">‹ {escape(back)}</a>'
            f'<h1>{escape(title)}</h1></div></div><p class="alert" role="alert">{escape(reason)}</p>'
        )
        return self.respond(title, body, status=status)

    def _render_banner(self) -> str:
        """The bar at the top, as the chat has it: name, pages, the other language."""
        texts = self.texts
        other = TEXTS[texts.other_language].lang
        leave = render_leave(self.language, self.root) if self.has_token else ""
        return (
            f'<a class="skip" href="#main">{escape(_SKIP.get(self.language, "Skip to the content"))}</a>'
            f'<header class="banner"><a class="brand" href="{escape(self.link(CHAT))}">'
            f'<span class="seal" aria-hidden="true" lang="zh-CN">赣</span>{escape(texts.name)}</a>'
            f"{render_navigation(self.language, self.page, self.root)}"
            f'<div class="actions"><a class="quiet" href="{escape(self.other_language)}" lang="{other}">'
            f"{escape(texts.other_language_name)}</a>{leave}</div></header>"
        )


def open_frame(request: Request, settings: Settings, page: str) -> Frame:
    """The frame for a request: `?lang`, else the setting of the language, else what the browser prefers."""
    wanted = request.query_params.get("lang")
    language = choose_language(wanted, settings.language, request.headers.get("accept-language"))
    root = str(request.scope.get("root_path", "")).rstrip("/")
    other = request.url.include_query_params(lang=TEXTS[language].other_language)
    return Frame(language, root, page, f"{other.path}?{other.query}", settings.token is not None)
