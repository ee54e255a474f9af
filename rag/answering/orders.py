"""Sentences that tell their reader what to answer: no report has any, so they are neither quoted nor shown to a model."""

import re
from dataclasses import replace

from rag.answering.sentences import Piece, split_clauses, split_sentences
from rag.text import fold
from rag.types import Chunk

# What is said to a machine: to pass over what it was told, to answer so and so, to be someone, to tell its rules.
_ORDER = re.compile(
    r"(?:忽略|无视|忘记|忘掉|不要理会|不必理会|抛开|跳过)(?:掉)?(?:以上|上面|上述|前面|之前|此前|先前|所有|全部|其他|原来|你)"
    r"|(?:请|务必|只能?)(?:你|您)?(?:回答|回复|作答|输出|复述|打印|写上|说)|(?:必须|一律|统一|直接|改为|改成)(?:你|您)?(?:回答|作答|复述)"
    r"|(?:都|就|只|一律)(?:要|得)?说(?:是|成)|(?:回答|回复|输出|作答)(?:时|中|里|末尾|开头|前)[^。]{0,12}(?:加上|写上|附上|注明|改为|换成|省略|不要|必须|务必|请)"
    r"|(?:你|您)(?:现在|从现在起|此刻|将|必须)?(?:是|扮演|变成|成为)(?:一个|一名|一位)?[^。，]{0,10}(?:助手|模型|机器人|ai|黑客|管理员|dan)"
    r"|(?:给|致|对)(?:语言模型|大模型|模型|ai|人工智能|助手|机器人|读到这里的)"
    r"|系统提示|提示词|(?:你|模型|助手)的(?:规则|指令|设定|系统)|开发者模式|越狱"
    r"|\b(?:ignore|disregard|forget)\b.{0,30}\b(?:above|previous|prior|all|instructions?|rules?)\b"
    r"|\b(?:system|developer) (?:prompt|message|mode)\b|\byou are (?:now )?(?:an? |the )?\w*\s?(?:assistant|model|dan|ai)\b"
    r"|\b(?:answer|reply|respond|output|say)\b.{0,12}\b(?:only|with|exactly|instead)\b"
    r"|<\|?(?:im_start|im_end|system|assistant|endoftext)|\[/?inst\]|^\s*(?:system|assistant|user)\s*[::]|###\s*(?:system|instruction)"
)
# Each order has one of these; looking for them first takes a tenth of the time.
_SIGNS = (
    "回答", "回复", "作答", "复述", "打印", "输出", "写上", "说", "忽略", "无视", "忘", "理会", "抛开", "跳过", "模型", "助手",
    "机器人", "黑客", "管理员", "人工智能", "读到", "提示", "规则", "指令", "设定", "开发者", "越狱", "ai", "ignore", "disregard",
    "forget", "prompt", "message", "mode", "you", "answer", "reply", "respond", "output", "say", "<", "[", "system",
    "assistant", "user", "instruction",
)  # fmt: skip


def gives_orders(text: str) -> bool:
    """Whether a text tells its reader what to answer, or to be someone else."""
    folded = fold(text)
    return any(sign in folded for sign in _SIGNS) and _ORDER.search(folded) is not None


def split_told(text: str) -> tuple[Piece, ...]:
    """The sentences of a passage that tell something, those that give orders left out."""
    return tuple(piece for piece in split_sentences(text) if not gives_orders(piece.text))


def blank_orders(chunk: Chunk) -> Chunk:
    """A passage with blanks for the sentences that give orders; every other character keeps its place."""
    if not gives_orders(chunk.text):
        return chunk
    text = chunk.text
    for piece in split_sentences(text):
        if gives_orders(piece.text):
            text = text[: piece.start] + " " * (piece.end - piece.start) + text[piece.end :]
    return replace(chunk, text=text)


def drop_orders(question: str) -> str:
    """What a question asks, without the clauses of it that give orders."""
    return "".join(piece.text for piece in split_clauses(question) if not gives_orders(piece.text))
