"""Every word of the documents page, in Chinese and in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ui.chat.texts import CHINESE, ENGLISH
from ui.pages.shelf import Standing


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; braces are filled with `str.format`."""

    title: str
    lead: str
    find: str
    found: str
    none_found: str
    empty: str
    empty_note: str
    needs_script: str
    other_source: str
    columns: tuple[str, ...]
    actions: str
    more: str
    unread: str
    standings: Mapping[Standing, str]
    add: str
    drop: str
    limits: str
    rebuild: str
    stop: str
    pending: str
    up_to_date: str
    remove: str
    remove_whole: str
    remove_ask: str
    remove_note: str
    cancel: str
    restore: str
    until: str
    trash: str
    trash_note: str
    previous: str
    next: str
    page: str
    stages: Mapping[str, str]
    starting: str
    rate: str
    left: str
    done: str
    failed: str
    failed_unexpectedly: str
    stopped: str
    keep_both: str
    replace: str
    added: str
    added_as: str
    replaced: str
    removed: str
    restored: str
    sending: str
    lost: str
    too_large_here: str
    structure: str
    text: str
    articles: str
    passages: str
    notes: str
    back: str
    no_title: str
    refusals: Mapping[str, str]


ZH = Words(
    title="文档",
    lead="问答所依据的报告。加入或移除文件以后重建索引，重建时问答照常，建好后自动换用新的。",
    find="按文件名或标题查找",
    found="找到 {count} 份",
    none_found="没有文件名或标题含“{words}”的文件。",
    empty="还没有报告",
    empty_note="把文件拖到这里，或点“添加文件”，然后重建索引。",
    needs_script="添加、移除和重建要用到脚本，请在浏览器里允许。",
    other_source="这个索引是由 {built} 建的，而设置里的报告文件夹是 {folder}，所以这里只能看。"
    "要在这里增删，请把 ganwen.toml 里的 source 设成前者，再运行 ganwen serve。",
    columns=("文件", "文章", "地区", "年份", "段落", "状态"),
    actions="操作",
    more="另有 {count} 篇",
    unread="未读入",
    standings=MappingProxyType(
        {
            Standing.NEW: "待读入",
            Standing.CHANGED: "已改动",
            Standing.GONE: "已移除",
            Standing.SKIPPED: "未读入",
            Standing.INDEXED: "在索引中",
        }
    ),
    add="添加文件",
    drop="把文件拖到这里，或",
    limits="txt、md、docx、pdf、ofd、html、xlsx，以及装着它们的 zip；每个不超过 {limit} MB。",
    rebuild="重建索引",
    stop="停止",
    pending="有 {count} 个文件和索引不一致，重建后生效。",
    up_to_date="索引和文件夹一致：{documents} 份文件，{passages} 个段落。",
    remove="移除",
    remove_whole="移除 {file}",
    remove_ask="移除“{file}”？",
    remove_note="文件会移到回收处，{days} 天内可以放回。重建索引之前，问答仍会用到它。",
    cancel="取消",
    restore="放回",
    until="可放回至 {until}",
    trash="移除的文件",
    trash_note="存在 {folder}，最多留 {days} 天、总共 {gb} GB，到时先清最早的。放回后重建索引即可。",
    previous="上一页",
    next="下一页",
    page="第 {page} 页，共 {pages} 页",
    stages=MappingProxyType(
        {
            "read": "读报告：{done}/{total} 个文件",
            "embed": "计算向量：{done}/{total} 段",
            "sentences": "计算句子的向量：{done}/{total} 段",
            "index": "写索引：{done}/{total} 段",
        }
    ),
    starting="正在准备",
    rate="每秒 {rate}",
    left="还要 {left}",
    done="已更新：新增 {added}，改动 {changed}，移除 {removed}，未读入 {skipped}；共 {passages} 个段落，用时 {seconds} 秒。",
    failed="没有更新：{reason}",
    failed_unexpectedly="没有更新：程序出了意外，详情写在运行 ganwen serve 的窗口里。问答仍用原来的索引。",
    stopped="已停止。问答仍用原来的索引，下次会接着做。",
    keep_both="两份都留",
    replace="换掉旧的",
    added="已加入：{file}",
    added_as="已加入，文件名改为：{file}",
    replaced="已加入：{file}，旧的移到了回收处。",
    removed="已移除：{file}",
    restored="已放回：{file}",
    sending="正在上传",
    lost="和服务断了连接。请确认 ganwen serve 还在运行，再试一次。",
    too_large_here="{file} 超过了 {limit} MB，没有上传。",
    structure="结构",
    text="原文",
    articles="{count} 篇文章",
    passages="{count} 段",
    notes="注释 {count} 条",
    back="全部文档",
    no_title="（无标题）",
    refusals=MappingProxyType(
        {
            "wrong_type": "{file} 不是能读的格式。能读的有 txt、md、docx、pdf、ofd、html、xlsx 和 zip，其他格式请先另存。",
            "empty": "{file} 是空文件。",
            "not_what_it_says": "{file} 的内容不是 {ending}。请确认文件没有改错扩展名或损坏。",
            "unreadable": "{file} 读不了：{reason}",
            "exists_same": "{file} 和已有的 {same} 内容完全一样，没有重复加入。",
            "exists_other": "已经有一个叫 {file} 的文件，内容不同。",
            "place_taken": "原来的位置已经有 {file} 了，没有放回。请先移除现在的那份。",
            "not_there": "文件夹里没有 {file}。",
            "not_removed": "回收处没有这个文件，可能已经放回，或者已经清掉。",
            "not_indexed": "索引里没有这份文件。",
            "bad_name": "文件名“{file}”不能用，请改名后再传。",
            "cannot_write": "{file} 没能写入：{reason}。请检查磁盘空间和文件夹的权限。",
            "too_large": "超过了 {limit:g} MB 的上限。",
            "too_slow": "上传中断太久，请再传一次。",
            "bad_form": "请求里没有完整的文件，请再传一次。",
            "bad_json": "请求的内容不对。",
            "other_source": "这里的文件夹不是建这个索引的文件夹，不能改。",
            "running": "正在重建，请等它结束或先停止。",
        }
    ),
)

EN = Words(
    title="Documents",
    lead="The reports that answers rest on. After adding or removing files rebuild the index; "
    "the chat answers on meanwhile and takes up the new one by itself.",
    find="Find by file name or title",
    found="Found: {count}",
    none_found="No file has “{words}” in its name or titles.",
    empty="No reports yet",
    empty_note="Drop files here or press “Add files”, then rebuild the index.",
    needs_script="Adding, removing and rebuilding need scripts; allow them in your browser.",
    other_source="This index was built from {built}, while the settings name {folder}, so it can only be looked at here. "
    "To change it here, set source in ganwen.toml to the former and run ganwen serve again.",
    columns=("File", "Articles", "Regions", "Years", "Passages", "State"),
    actions="Actions",
    more="{count} more",
    unread="not read",
    standings=MappingProxyType(
        {
            Standing.NEW: "to be read",
            Standing.CHANGED: "changed",
            Standing.GONE: "removed",
            Standing.SKIPPED: "not read",
            Standing.INDEXED: "in the index",
        }
    ),
    add="Add files",
    drop="Drop files here, or",
    limits="txt, md, docx, pdf, ofd, html, xlsx and zip files of them; at most {limit} MB each.",
    rebuild="Rebuild the index",
    stop="Stop",
    pending="Files that differ from the index: {count}. Rebuild to take them in.",
    up_to_date="The index matches the folder: {documents} documents, {passages} passages.",
    remove="Remove",
    remove_whole="Remove {file}",
    remove_ask="Remove “{file}”?",
    remove_note="The file goes to the trash and can be put back for {days} days. Until the index is rebuilt, answers may still use it.",
    cancel="Cancel",
    restore="Put back",
    until="can be put back until {until}",
    trash="Removed files",
    trash_note="They lie in {folder} for {days} days, {gb} GB in all at most; the oldest go first. "
    "After putting one back, rebuild the index.",
    previous="Previous",
    next="Next",
    page="Page {page} of {pages}",
    stages=MappingProxyType(
        {
            "read": "Reading reports: {done}/{total} files",
            "embed": "Embedding: {done}/{total} passages",
            "sentences": "Embedding sentences: {done}/{total} passages",
            "index": "Writing the index: {done}/{total} passages",
        }
    ),
    starting="Preparing",
    rate="{rate} a second",
    left="{left} left",
    done="Updated: {added} added, {changed} changed, {removed} removed, {skipped} not read; "
    "{passages} passages, in {seconds} s.",
    failed="Not updated: {reason}",
    failed_unexpectedly="Not updated: something went wrong. Details are in the window that runs ganwen serve. "
    "Answers still use the index as it was.",
    stopped="Stopped. Answers still use the index as it was; the next rebuild goes on from here.",
    keep_both="Keep both",
    replace="Replace the old one",
    added="Added: {file}",
    added_as="Added under the name {file}",
    replaced="Added: {file}; the old one is in the trash.",
    removed="Removed: {file}",
    restored="Put back: {file}",
    sending="Sending",
    lost="The connection was lost. Check that ganwen serve is still running, then try again.",
    too_large_here="{file} is over {limit} MB and was not sent.",
    structure="Structure",
    text="Text",
    articles="articles: {count}",
    passages="passages: {count}",
    notes="Notes: {count}",
    back="All documents",
    no_title="(no title)",
    refusals=MappingProxyType(
        {
            "wrong_type": "{file} is of no format that is read: {types}. Save it as one of these.",
            "empty": "{file} is empty.",
            "not_what_it_says": "What {file} holds is not {ending}. Check that it has its right name and is whole.",
            "unreadable": "{file} cannot be read: {reason}",
            "exists_same": "{file} holds the very same as {same}, which is there already. It was not added again.",
            "exists_other": "There is a file {file} already, with other content.",
            "place_taken": "There is another {file} in its place, so it was not put back. Remove that one first.",
            "not_there": "The folder holds no {file}.",
            "not_removed": "The trash holds no such file; it may have been put back, or its time is over.",
            "not_indexed": "The index holds no such file.",
            "bad_name": "A file cannot be named “{file}”. Rename it and send it again.",
            "cannot_write": "{file} could not be written: {reason}. Check the room on the disk and the folder's permissions.",
            "too_large": "Over the limit of {limit:g} MB.",
            "too_slow": "The sender was silent for too long. Send it again.",
            "bad_form": "The request holds no whole file. Send it again.",
            "bad_json": "The request is not what was expected.",
            "other_source": "This folder is not the one that the index was built from, and cannot be changed here.",
            "running": "A rebuild is under way. Wait for it to end, or stop it first.",
        }
    ),
)

WORDS: Mapping[str, Words] = MappingProxyType({CHINESE: ZH, ENGLISH: EN})
