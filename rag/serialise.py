"""Answers as plain records: the contract of `ganwen ask --json`. Fields may be added, never changed."""

from typing import Any

from rag.types import Answer, Citation, Hit

PASSAGES = 20


def answer_record(answer: Answer) -> dict[str, Any]:
    """The answer as a JSON object."""
    return {
        "question": answer.question,
        "understood": answer.understood,
        "answer": answer.text,
        "refused": answer.refused,
        "reason": answer.reason,
        "backend": answer.backend,
        "note": answer.note,
        "citations": [_citation(citation) for citation in answer.citations],
        "passages": [_passage(hit) for hit in answer.passages[:PASSAGES]],
        "seconds": round(answer.seconds, 4),
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {"n": citation.n, **_place(citation), "text": citation.text}


def _passage(hit: Hit) -> dict[str, Any]:
    return {**_place(hit.chunk), "text": hit.chunk.text, "score": hit.score}


def _place(item: Any) -> dict[str, Any]:
    """What citations and chunks share: where they stand and what they tell of."""
    return {
        "file": item.file,
        "title": item.title,
        "section": list(item.section),
        "region": item.region.name if item.region else None,
        "period": item.period.label if item.period else None,
        "kind": item.kind.value,
        "page": item.page,
        "start": item.start,
        "end": item.end,
    }
