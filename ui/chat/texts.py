"""Every word of the chat page, in Chinese and in English, and which of the two a browser gets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rag.types import Kind

CHINESE, ENGLISH = "zh", "en"


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of one language; braces are filled with `str.format`."""

    lang: str
    name: str
    page_title: str
    new_chat: str
    kept: str
    writer: str
    own_words: str
    find_models: str
    other_language: str
    other_language_name: str
    ask: str
    ask_hint: str
    send: str
    stop: str
    welcome: str
    welcome_note: str
    covers: str
    covers_regions: str
    covers_years: str
    more_regions: str
    between_regions: str
    stale: str
    stale_link: str
    stale_command: str
    rebuilt: str
    examples: str
    you_asked: str
    answering: str
    understood: str
    stopped: str
    sources: str
    closest: str
    seconds: str
    open_source: str
    failed: str
    question_limits: str
    failed_unexpectedly: str
    connection_lost: str
    documents: str
    documents_note: str
    documents_left: str
    titles_left: str
    passages: str
    back: str
    close: str
    source: str
    page: str
    cut: str
    missing: str
    years: str
    kinds: Mapping[Kind, str]


ZH = Texts(
    lang="zh-CN",
    name="赣问",
    page_title="赣问 · 政府报告问答",
    new_chat="新对话",
    kept="对话记录",
    writer="由谁来写回答",
    own_words="原文摘录",
    find_models="找本机的语言模型",
    other_language=ENGLISH,
    other_language_name="English",
    ask="向这些报告提问",
    ask_hint="输入问题，回车发送，Shift + 回车换行",
    send="发送",
    stop="停止",
    welcome="问报告，看原文",
    welcome_note="每个回答都标出它所依据的原句，点一下标记就能看到它在原文中的位置。报告里没有的，会直接说没有。",
    covers="{documents} 份文件，{passages} 个段落",
    covers_regions="涉及{regions}",
    covers_years="主要讲 {years}",
    more_regions="等 {count} 个地区",
    between_regions="、",
    stale="报告在建立索引之后有改动（{count} 个文件），回答仍按旧索引。{how}",
    stale_link="到文档页重建索引",
    stale_command="更新：{command}",
    rebuilt="索引已经更新。重新运行 ganwen serve，就会按新的回答。",
    examples="可以这样问",
    you_asked="问题",
    answering="正在查找",
    understood="理解为：{question}",
    stopped="已停止。",
    sources="出处",
    closest="最接近的段落",
    seconds="{seconds} 秒",
    open_source="在原文中查看出处 {n}",
    failed="没能回答：{reason}",
    question_limits="问题里要有字，而且不超过 {limit} 个。请改一下再发。",
    failed_unexpectedly="没能回答：程序出了意外，详情写在运行 ganwen serve 的窗口里。可以换个问法再试。",
    connection_lost="和服务断了连接。请确认 ganwen serve 还在运行，再发一次。",
    documents="原文",
    documents_note="点开一份即可阅读。",
    documents_left="另有 {count} 份文件，可以通过提问查到。",
    titles_left="另有 {count} 篇",
    passages="{count} 段",
    back="全部原文",
    close="关闭",
    source="原文",
    page="第 {page} 页",
    cut="文件较长，这里只显示出处前后的部分。",
    missing="索引里没有这份文件：{file}",
    years="{years}年",
    kinds=MappingProxyType(
        {
            Kind.RESULT: "结果",
            Kind.ESTIMATE: "预计",
            Kind.PLAN: "计划",
            Kind.CUMULATIVE: "累计",
            Kind.NOTE: "名词解释",
            Kind.NARRATIVE: "",
        }
    ),
)

EN = Texts(
    lang="en",
    name="Ganwen",
    page_title="Ganwen · ask the government reports",
    new_chat="New chat",
    kept="History",
    writer="Who writes the answers",
    own_words="Reports' own words",
    find_models="Find models on this machine",
    other_language=CHINESE,
    other_language_name="中文",
    ask="Ask these reports",
    ask_hint="Enter sends, Shift + Enter starts a new line",
    send="Send",
    stop="Stop",
    welcome="Ask the reports, see the source",
    welcome_note="Every answer marks the very sentences it rests on; click a mark to see the sentence in its document. "
    "If the reports do not say, the answer tells you so.",
    covers="Documents: {documents}, passages: {passages}",
    covers_regions="About {regions}",
    covers_years="Mostly {years}",
    more_regions=" and others ({count} places)",
    between_regions=", ",
    stale="Reports changed after the index was built (files: {count}); answers still follow the old index. {how}",
    stale_link="Rebuild it on the documents page",
    stale_command="Update it: {command}",
    rebuilt="The index was updated. Run ganwen serve again to answer from the new one.",
    examples="Try asking",
    you_asked="Question",
    answering="Searching",
    understood="Understood as: {question}",
    stopped="Stopped.",
    sources="Sources",
    closest="Closest passages",
    seconds="{seconds} s",
    open_source="Show source {n} in its document",
    failed="No answer: {reason}",
    question_limits="A question needs words, and at most {limit} characters. Change it and send again.",
    failed_unexpectedly="No answer: something went wrong. Details are in the window that runs ganwen serve. "
    "Try asking another way.",
    connection_lost="The connection was lost. Check that ganwen serve is still running, then send again.",
    documents="Sources",
    documents_note="Open one to read it.",
    documents_left="There are more (documents: {count}); ask to find what they say.",
    titles_left="{count} more",
    passages="passages: {count}",
    back="All sources",
    close="Close",
    source="Source",
    page="Page {page}",
    cut="This file is long; only the part around the source is shown.",
    missing="The index holds no such file: {file}",
    years="{years}",
    kinds=MappingProxyType(
        {
            Kind.RESULT: "result",
            Kind.ESTIMATE: "estimate",
            Kind.PLAN: "plan",
            Kind.CUMULATIVE: "cumulative",
            Kind.NOTE: "definition",
            Kind.NARRATIVE: "",
        }
    ),
)

TEXTS: Mapping[str, Texts] = MappingProxyType({CHINESE: ZH, ENGLISH: EN})

_ACCEPTED = re.compile(r"\s*([A-Za-z]+)[A-Za-z0-9-]*\s*(?:;\s*q\s*=\s*([01](?:\.\d*)?))?\s*(?:,|$)")


def choose_language(wanted: str | None, setting: str, accept_language: str | None) -> str:
    """The language of a page: the one picked on it, else the setting, else what the browser prefers.

    `accept_language` is the header of that name (RFC 9110, 12.5.4). A browser that names neither
    Chinese nor English gets Chinese, the language of the reports.
    """
    if wanted is not None and wanted in TEXTS:
        return wanted
    if setting in TEXTS:
        return setting
    ranges: list[tuple[str, float]] = [
        (name.lower(), float(weight or 1)) for name, weight in _ACCEPTED.findall(accept_language or "")
    ]
    for name, weight in sorted(ranges, key=lambda named: -named[1]):
        if weight and name in TEXTS:
            return name
    return CHINESE
