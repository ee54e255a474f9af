"""Why a file was not read, in Chinese: what the readers say of it, by the words that each reason begins with or holds."""

import re

from ui.chat.texts import CHINESE

_CHINESE = tuple(
    (re.compile(pattern), told)
    for pattern, told in (
        (r"^an empty file", "空文件，请重新取一份"),
        (r"^([\d.]+) MB, over the limit of ([\d.]+) MB", r"\1 MB，超过了 \2 MB 的上限"),
        (r"^an old Word file|^a WPS|^rich text|^an OpenDocument text|^a Word", "请先另存为 .docx"),
        (r"^an old Excel file|^an OpenDocument sheet|^a bare table", "请先另存为 .xlsx"),
        (r"^an old Office file", "旧格式的 Office 文件，请用新格式另存"),
        (r"^slides|^a CEB file|^a CAJ file|^WPS slides", "请先另存为 PDF"),
        (r"^a saved web page", "请在浏览器里打开，另存为 HTML"),
        (r"^a picture", "这是图片，请把扫描的各页合成一个 PDF"),
        (r"^a packed file", "这种压缩包不打开，请解压，或改用 zip"),
        (r"^a zip file within", "zip 里的 zip 不打开，请先解压"),
        (r"^protected by a password", "有密码，请另存一份不带密码的"),
        (r"^a damaged|^damaged within", "文件已损坏，请重新取一份，或打开后另存"),
        (r"text with a damaged byte at offset (\d+)", r"第 \1 个字节损坏，请重新取一份"),
        (r"^its bytes are neither", "不是认得的文字编码，请另存为 UTF-8"),
        (r"^it holds no text", "里面没有文字"),
        (r"^not unpacked|unpacks to more than", "解开后大得不正常，没有解开"),
        (r"^it declares XML entities", "含有办公软件不会写的 XML 实体，没有打开"),
        (r"^a link", "链接不读，请放文件本身"),
        (r"^a second file of this very name", "有同名的另一个文件，请改名"),
        (r"^no permission", "没有权限读它"),
        (r"^not a format that is read", "不是能读的格式"),
    )
)


def tell_reason(reason: str, language: str) -> str:
    """The reason in a language; as the readers say it where nothing shorter is known."""
    if language != CHINESE:
        return reason
    for pattern, told in _CHINESE:
        if found := pattern.search(reason):
            return found.expand(told)
    return reason
