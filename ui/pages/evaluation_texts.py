"""Every word of the evaluation page, in Chinese and in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ui.chat.texts import CHINESE, ENGLISH


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; braces are filled with `str.format`."""

    title: str
    lead: str
    runs: str
    empty: str
    empty_note: str
    columns: tuple[str, ...]
    measures: Mapping[str, str]
    meanings: Mapping[str, str]
    sample: str
    split: str
    unfinished: str
    damaged: str
    go_on: str
    actions: str
    remove: str
    remove_ask: str
    remove_note: str
    cancel: str
    restore: str
    until: str
    trash: str
    trash_note: str
    removed: str
    restored: str
    start: str
    new: str
    questions: str
    own_set: str
    splits: Mapping[str, str]
    how_many: str
    every: str
    name: str
    name_hint: str
    stop: str
    starting: str
    answering: str
    rate: str
    left: str
    done: str
    failed: str
    failed_unexpectedly: str
    stopped: str
    lost: str
    back: str
    own_tab: str
    report: str
    held: str
    needs_script: str
    interval: str
    refusals: Mapping[str, str]


ZH = Words(
    title="评测",
    lead="用一套问题量一量回答的好坏。每次运行都留着，改了设置、模型或文件以后再运行一次，就能比较。",
    runs="运行记录",
    empty="还没有运行过",
    empty_note="在上面开始一次，几分钟就有结果。",
    columns=("运行", "问题"),
    measures=MappingProxyType(
        {
            "right": "答对",
            "cited": "出处正确",
            "refused": "该拒则拒",
            "false_refusals": "误拒",
            "recall@5": "前五召回",
            "seconds": "用时中位数",
        }
    ),
    meanings=MappingProxyType(
        {
            "right": "答对的问题所占的比例",
            "cited": "引用了依据所在原文的比例",
            "refused": "报告里没有的问题，直说没有的比例",
            "false_refusals": "报告里有却说没有的比例，越低越好",
            "recall@5": "前五个段落含有全部依据的比例",
            "seconds": "一个回答所用时间的中位数",
        }
    ),
    sample="抽样",
    split="范围",
    unfinished="没有做完，已答 {answered} 题",
    damaged="读不了，可以移除：{reason}",
    go_on="继续",
    actions="操作",
    remove="移除",
    remove_ask="移除“{run}”？",
    remove_note="这次运行的回答和报告会移到回收处，{days} 天内可以放回。",
    cancel="取消",
    restore="放回",
    until="可放回至 {until}",
    trash="移除的运行",
    trash_note="存在 {folder}，最多留 {days} 天、总共 {gb} GB，到时先清最早的。",
    removed="已移除：{run}",
    restored="已放回：{run}",
    start="开始评测",
    new="新的运行",
    questions="题库",
    own_set="自带的题库",
    splits=MappingProxyType({"all": "全部", "tune": "调试用的一半", "held": "保留的一半"}),
    how_many="题数",
    every="全部",
    name="名称",
    name_hint="可不填",
    stop="停止",
    starting="正在准备",
    answering="已答 {done}/{total} 题",
    rate="每秒 {rate} 题",
    left="还要 {left}",
    done="完成：{run}，答对 {right}/{total} 题。",
    failed="没有做完：{reason}",
    failed_unexpectedly="没有做完：程序出了意外，详情写在运行 ganwen serve 的窗口里。",
    stopped="已停止，答过的留着，可以继续。",
    lost="和服务断了连接。请确认 ganwen serve 还在运行。",
    back="全部运行",
    own_tab="单独打开",
    report="评测报告",
    held="保留的问题只计分，题目和答案不显示。自己的题库放在 {folder}，每行一题。",
    needs_script="开始、停止和移除要用到脚本，请在浏览器里允许。",
    interval="95% 置信区间 {low} 到 {high}",
    refusals=MappingProxyType(
        {
            "no_run": "没有这次运行。",
            "no_report": "这次运行没有做完，还没有报告。",
            "bad_run_name": "名称只能用文字、数字、点、横线和下划线，最多 60 个字，不以点或横线开头。",
            "run_taken": "已经有同名的运行，请换一个名称。",
            "no_set": "没有这个题库。",
            "bad_split": "没有这一部分。",
            "bad_sample": "题数要是 1 到 1000000 的整数。",
            "running": "正在评测，请等它结束或先停止。",
            "is_finished": "这次运行已经做完。",
            "not_removed": "回收处没有这次运行，可能已经放回，或者已经清掉。",
            "place_taken": "已经另有一次叫 {file} 的运行，没有放回。请先移除现在的那次。",
            "cannot_write": "{file} 没能移动：{reason}。请检查磁盘空间和文件夹的权限。",
            "bad_json": "请求的内容不对。",
            "too_large": "请求太长。",
            "too_slow": "请求中断太久，请再试一次。",
            "bad_form": "请求不完整，请再试一次。",
        }
    ),
)

EN = Words(
    title="Evaluation",
    lead="How good the answers are, measured by a set of questions. Every run is kept: "
    "change a setting, the model or the files, run again, and compare.",
    runs="Runs",
    empty="No run yet",
    empty_note="Start one above; it takes a few minutes.",
    columns=("Run", "Questions"),
    measures=MappingProxyType(
        {
            "right": "Right",
            "cited": "Cited",
            "refused": "Refused",
            "false_refusals": "False refusals",
            "recall@5": "Recall@5",
            "seconds": "Median time",
        }
    ),
    meanings=MappingProxyType(
        {
            "right": "share of questions answered rightly",
            "cited": "share of answers that cite the passage they must rest on",
            "refused": "of the questions that the reports do not answer, the share refused",
            "false_refusals": "of the questions that the reports answer, the share refused; lower is better",
            "recall@5": "share of questions whose evidence is all within the first five passages",
            "seconds": "median time of an answer",
        }
    ),
    sample="sample",
    split="Which of them",
    unfinished="not finished, {answered} answered",
    damaged="cannot be read, and may be removed: {reason}",
    go_on="Go on",
    actions="Actions",
    remove="Remove",
    remove_ask="Remove “{run}”?",
    remove_note="The answers and the report of this run go to the trash and can be put back for {days} days.",
    cancel="Cancel",
    restore="Put back",
    until="can be put back until {until}",
    trash="Removed runs",
    trash_note="They lie in {folder} for {days} days, {gb} GB in all at most; the oldest go first.",
    removed="Removed: {run}",
    restored="Put back: {run}",
    start="Start",
    new="New run",
    questions="Question set",
    own_set="The project's own",
    splits=MappingProxyType({"all": "All", "tune": "The half to tune on", "held": "The held half"}),
    how_many="How many",
    every="all",
    name="Name",
    name_hint="optional",
    stop="Stop",
    starting="Getting ready",
    answering="{done}/{total} questions answered",
    rate="{rate} a second",
    left="{left} left",
    done="Finished: {run}, {right} of {total} right.",
    failed="Not finished: {reason}",
    failed_unexpectedly="Not finished: something went wrong. Details are in the window that runs ganwen serve.",
    stopped="Stopped. The answers so far are kept, and the run can go on.",
    lost="The connection was lost. Check that ganwen serve is still running.",
    back="All runs",
    own_tab="Open by itself",
    report="Report of the evaluation",
    held="Held questions are counted; their texts are not shown. Put question sets of your own in {folder}, one question a line.",
    needs_script="Starting, stopping and removing a run need scripts; allow them in your browser.",
    interval="95% interval {low} to {high}",
    refusals=MappingProxyType(
        {
            "no_run": "There is no such run.",
            "no_report": "This run was not finished, so it has no report.",
            "bad_run_name": "A name takes letters, digits, points, hyphens and underscores, 60 at most, and begins with a letter or digit.",
            "run_taken": "There is a run of this name. Choose another.",
            "no_set": "There is no such question set.",
            "bad_split": "There is no such split.",
            "bad_sample": "How many must be a whole number from 1 to 1000000.",
            "running": "A run is under way. Wait for it to end, or stop it first.",
            "is_finished": "This run is finished.",
            "not_removed": "The trash holds no such run; it may have been put back, or its time is over.",
            "place_taken": "There is another run {file}, so it was not put back. Remove that one first.",
            "cannot_write": "{file} could not be moved: {reason}. Check the room on the disk and the folder's permissions.",
            "bad_json": "The request is not what was expected.",
            "too_large": "The request is too long.",
            "too_slow": "The sender was silent for too long. Try again.",
            "bad_form": "The request is not whole. Try again.",
        }
    ),
)

WORDS: Mapping[str, Words] = MappingProxyType({CHINESE: ZH, ENGLISH: EN})
