"""The page that asks a browser for the token: no script, nothing from elsewhere, both languages at once."""

import html
from urllib.parse import quote, unquote

PATH, LEAVE = "/login", "/logout"
FORM_BYTES = 4096

_WRONG = '令牌不对，请再输入一次。<br><span lang="en">That token is wrong; enter it again.</span>'

_PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>赣问 Ganwen</title>
<style>
:root {{ color-scheme: light dark; --ink: #22252a; --quiet: #5c6169; --sheet: #fff; --paper: #faf9f6; --line: #e4e0d7;
  --edge: #8b8d90; --accent: #9c3426; --on-accent: #fff }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e6e4df; --quiet: #adb0b5; --sheet: #1e2023; --paper: #17181a; --line: #34373c; --edge: #7b7f85;
    --accent: #ee9a86; --on-accent: #23120e }}
}}
* {{ box-sizing: border-box }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px; background: var(--paper);
  color: var(--ink); font: 16px/1.6 "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif }}
main {{ width: 100%; max-width: 400px; padding: 32px; background: var(--sheet); border: 1px solid var(--line);
  border-radius: 12px }}
h1 {{ margin: 0 0 4px; font-size: 24px; line-height: 1.3 }}
h1 small {{ color: var(--quiet); font-weight: 400; font-size: 16px }}
p {{ margin: 0 0 20px; color: var(--quiet); font-size: 14px }}
label {{ display: block; margin-bottom: 6px; font-weight: 600 }}
label span {{ color: var(--quiet); font-weight: 400 }}
input, button {{ width: 100%; min-height: 44px; font: inherit; border-radius: 8px }}
input {{ padding: 8px 12px; color: inherit; background: transparent; border: 1px solid var(--edge) }}
button {{ margin-top: 16px; border: 0; color: var(--on-accent); background: var(--accent); font-weight: 600; cursor: pointer }}
input:focus-visible, button:focus-visible {{ outline: 3px solid var(--accent); outline-offset: 2px }}
.wrong {{ margin: 10px 0 0; color: var(--accent) }}
</style>
</head>
<body>
<main>
<h1>赣问 <small>Ganwen</small></h1>
<p>这里要先登录，请输入管理员给你的令牌。<br><span lang="en">Log in with the token that you were given.</span></p>
<form method="post" action="{action}">
<label for="token">令牌 <span lang="en">Token</span></label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus{described}>
{problem}<button>登录 <span lang="en">Log in</span></button>
</form>
</main>
</body>
</html>
"""


def render(onward: str, wrong: bool = False) -> bytes:
    """The page; it leads `onward` once logged in."""
    problem = f'<p class="wrong" id="wrong" role="alert">{_WRONG}</p>\n' if wrong else ""
    return _PAGE.format(
        action=html.escape(f"{PATH}?next={quote(onward, safe='')}"),
        described=' aria-invalid="true" aria-describedby="wrong"' if wrong else "",
        problem=problem,
    ).encode()


def read_onward(query: str) -> str:
    """Where the query of the page leads to: a path of this server, never another one's."""
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name == "next":
            path = unquote(value)
            plain = path.isprintable() and path.isascii() and "\\" not in path
            return path if plain and path.startswith("/") and not path.startswith("//") else "/"
    return "/"
