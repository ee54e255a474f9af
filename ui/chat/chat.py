"""What the events of the chat page do, from a session to the parts of the page that change."""

import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from rag.assistant import Assistant
from rag.current import Current
from rag.errors import GanwenError, QuestionError
from rag.llm.backend import Stop
from rag.question import MAX_CHARACTERS
from rag.store import Index
from rag.store.manifest import remedy
from rag.types import Answer, Document, Filter
from ui.chat import page
from ui.chat.answer_view import render_exchanges
from ui.chat.conversation import Conversation, Exchange, Place, Session
from ui.chat.examples import suggest_questions
from ui.chat.filters import add, name_scope, remove, render_filters, restrict
from ui.chat.holdings import find_held
from ui.chat.keeping import dump, restore, tell_words
from ui.chat.opinions import judge
from ui.chat.sources import find_sources
from ui.chat.survey import Survey, survey
from ui.chat.texts import TEXTS, choose_language
from ui.chat.writers import Writers
from ui.feedback import FEEDBACK, Feedback
from ui.pages.navigation import DOCUMENTS, link

PARTS = ("lang", "title", "banner", "log", "composer", "source", "record", "words", "talk")
"""The parts of the page: what its template is filled with, and what its script reads: `record` is the conversation for
the browser to keep, `words` what its list of conversations says, `talk` which conversation is drawn."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Corpus:
    """One index as the page shows it: who answers from it, what it covers, its example questions by language."""

    assistant: Assistant
    covered: Survey
    examples: dict[str, Future[tuple[str, ...]]] = field(default_factory=dict)


class Chat:
    """What the page's events do: each takes the page's session and returns the parts of the page that change.

    `current` holds the assistant that answers now; the pages beside the chat share it. `source` is the folder of
    reports that they rebuild the index from; `has_token` says whether there is someone to log out.
    """

    def __init__(
        self,
        assistant: Assistant,
        language: str,
        writers: Writers | None = None,
        feedback: Feedback | None = None,
        *,
        source: Path | None = None,
        has_token: bool = False,
    ) -> None:
        self._writers = writers or Writers()
        self._feedback = feedback or Feedback(FEEDBACK)
        self.current = Current(assistant)
        self._language = language
        self._source = source
        self._has_token = has_token
        self._helper = ThreadPoolExecutor(max_workers=1, thread_name_prefix="examples")
        self._corpus = _Corpus(assistant, survey(assistant.index))
        self._suggest(self._corpus, choose_language(None, language, None))

    def _now(self) -> "_Corpus":
        """What there is to ask now: the index may have been rebuilt since the last event."""
        assistant, corpus = self.current.get(), self._corpus
        if assistant is not corpus.assistant:
            corpus = self._corpus = _Corpus(assistant, survey(assistant.index))
        return corpus

    def open(self, wanted: str | None, accept_language: str | None) -> Session:
        """A new conversation, in the language of the browser that opens it."""
        return Session(choose_language(wanted, self._language, accept_language), self._writers.first)

    def ask(self, session: Session, question: object, *, widen: bool = False) -> dict[str, str]:
        """Take a question; `answer` answers it. To `widen` is to take all filters off first."""
        if not isinstance(question, str) or not question.strip():
            return {}
        asked, covered = question.strip(), self._now().covered

        def step(now: Conversation) -> Conversation:
            now = replace(now, notice="", filter=Filter() if widen else now.filter)
            return now.asked(asked, name_scope(now.texts, now.handling, covered, now.filter))

        now = session.change(step)
        return session.show(now, self._draw_log(now))

    def answer(self, session: Session) -> Iterator[dict[str, str]]:
        """Answer the last question, line by line."""
        asked = session.conversation
        if not asked.exchanges or not asked.exchanges[-1].pending:
            return
        for exchange in self._answer(asked, session.begin()):
            now = session.change(partial(_tell, exchange=exchange, turn=len(asked.exchanges) - 1))
            yield session.show(now, self._draw_log(now) if exchange.pending else self.draw(now))

    def _answer(self, conversation: Conversation, stop: Stop) -> Iterator[Exchange]:
        corpus = self._now()
        assistant, index = corpus.assistant, corpus.assistant.index
        exchange = replace(conversation.exchanges[-1], index=index, generation=index.manifest.generation)
        filter = None if exchange.filter == Filter() else exchange.filter
        try:
            write = self._writers.write(conversation.writer, stop)
            for event in assistant.stream(exchange.question, conversation.history, filter, write):
                exchange = replace(exchange, text=event.text, answer=event.answer, note=event.note)
                yield exchange if event.answer is None else _complete(exchange, event.answer, corpus)
        except QuestionError:
            yield replace(exchange, error=conversation.texts.question_limits.format(limit=MAX_CHARACTERS))
        except GanwenError as error:
            yield replace(exchange, error=conversation.texts.failed.format(reason=error))
        except Exception:  # whatever it is, the page must say so and stay usable
            _log.exception("A question could not be answered: %s", exchange.question)
            yield replace(exchange, error=conversation.texts.failed_unexpectedly)

    def stop(self, session: Session) -> dict[str, str]:
        """Leave the answer as far as it has come."""

        def halt(now: Conversation) -> Conversation:
            last = now.exchanges[-1] if now.exchanges else None
            return now.told(replace(last, stopped=True)) if last and last.pending else now

        stopped = session.change(halt)
        session.halt.set()  # after that: the model ends with an answer, which comes too late now
        return session.show(stopped, self._draw_log(stopped) | {"record": dump(stopped)})

    def clear(self, session: Session, kept: object = None, talk: object = None) -> dict[str, str]:
        """Begin again, or go on with a conversation that the browser kept."""

        def begin(now: Conversation) -> Conversation:
            number = talk if isinstance(talk, int) else now.talk
            begun = Conversation(now.language, writer=now.writer, talk=number)
            if kept is None:
                return begun
            try:
                restored = restore(kept, self._now().assistant.index.manifest.generation)
            except QuestionError:
                return replace(begun, notice=begun.handling.kept_unreadable)
            filter = restrict(restored.filter, self._now().covered)
            return replace(begun, exchanges=restored.exchanges, filter=filter)

        begun = session.change(begin)
        session.halt.set()
        return session.show(begun, self.draw(begun))

    def select(self, session: Session, picked: Mapping[str, object]) -> dict[str, str]:
        """Open the citation, the document or the list of documents that was picked, or change the language, who writes,
        a filter or what is thought of an answer."""
        if "of" in picked:
            return self._judge(session, picked)

        def step(now: Conversation) -> Conversation:
            now = replace(now, notice="")
            match picked:
                case {"turn": int(turn), "n": int(n)}:
                    return now.opened(turn, n)
                case {"file": str(file)} if file in self._now().assistant.index.files:
                    return replace(now, place=Place(file))
                case {"language": str(language)} if language in TEXTS:
                    return replace(now, language=language)
                case {"again": int(talk)}:
                    return replace(now, talk=talk)
                case {"writer": str(writer)}:
                    return replace(now, writer=self._writers.choose(writer, now.writer))
                case {"filter": str(field), "value": str(value)}:
                    return replace(now, filter=add(now.filter, field, value, self._now().covered))
                case {"unfilter": str(field), "value": str(value)}:
                    return replace(now, filter=remove(now.filter, field, value))
            return replace(now, place=None)

        return self._redraw(session, step)

    def _judge(self, session: Session, picked: Mapping[str, object]) -> dict[str, str]:
        before = session.conversation
        judged = judge(before, picked, self._feedback, self._now().assistant.index)

        def step(now: Conversation) -> Conversation:
            turns = [turn for turn, each in enumerate(now.exchanges) if judged and each.id == judged.id]
            return now.put(turns[0], judged) if judged and turns else now

        return self._redraw(session, step)

    def _redraw(self, session: Session, step: Callable[[Conversation], Conversation]) -> dict[str, str]:
        now = session.change(step)
        return session.show(now, self.draw(now))

    def draw(self, conversation: Conversation) -> dict[str, str]:
        """Every part of the page."""
        texts, handling, covered = conversation.texts, conversation.handling, self._now().covered
        filters = render_filters(texts, handling, covered, conversation.filter)
        return self._draw_log(conversation) | {
            "lang": texts.lang,
            "title": texts.page_title,
            "banner": page.render_banner(
                texts, self._writers, conversation.writer, has_token=self._has_token
            ),
            "composer": page.render_composer(texts, filters, conversation.notice),
            "source": self._draw_source(conversation, covered),
            "record": dump(conversation),
            "words": tell_words(texts, handling),
        }

    def _draw_source(self, conversation: Conversation, covered: Survey) -> str:
        place, document = conversation.place, self._open_document(conversation)
        if document is not None:
            return page.render_source(conversation, document)
        if place is not None and place.citation is not None:
            return page.render_gone(conversation, place.citation)
        return page.render_shelf(conversation.texts, covered)

    def _open_document(self, conversation: Conversation) -> Document | None:
        """What the source view shows: of an answer as it was when it was answered, else as it is, if it still is."""
        place = conversation.place
        if place is None:
            return None
        index = conversation.exchanges[place.turn].index if place.turn is not None else None
        index = index or self._now().assistant.index
        return index.document(place.file) if place.file in index.files else None

    def _draw_log(self, conversation: Conversation) -> dict[str, str]:
        talk = str(conversation.talk)
        if conversation.exchanges:
            return {"log": render_exchanges(conversation), "talk": talk}
        corpus = self._now()
        examples = self._suggest(corpus, conversation.language).result()
        notice = self._notice(corpus.assistant.index, conversation)
        log = page.render_welcome(conversation.texts, corpus.covered, examples, notice)
        return {"log": log, "talk": talk}

    def _suggest(self, corpus: "_Corpus", language: str) -> Future[tuple[str, ...]]:
        """Example questions, in the making from the moment they are first needed; asking them takes a second."""
        if language not in corpus.examples:
            corpus.examples[language] = self._helper.submit(suggest_questions, corpus.assistant, language)
        return corpus.examples[language]

    def _notice(self, index: Index, conversation: Conversation) -> page.Notice:
        """What to do when the answers do not follow the reports as they now are; mostly nothing."""
        texts = conversation.texts
        if not index.is_current():
            return page.Notice(texts.rebuilt)
        try:
            changes = index.changes()
        except GanwenError:  # the folder has gone; the index does without it
            return page.Notice()
        count = len(changes.added) + len(changes.changed) + len(changes.removed)
        if not count:
            return page.Notice()
        # The documents page rebuilds an index of the folder that is set, and of no other.
        if self._source == Path(index.manifest.source):
            address = link(".", DOCUMENTS, conversation.language)
            return page.Notice(texts.stale.format(count=count, how=""), address, texts.stale_link)
        how = texts.stale_command.format(command=remedy(index.folder))
        return page.Notice(texts.stale.format(count=count, how=how))


def _complete(exchange: Exchange, answer: Answer, corpus: _Corpus) -> Exchange:
    """A finished exchange with where its references come from and, where it was refused, what there is instead."""
    held = find_held(corpus.assistant, answer, corpus.covered, exchange.filter) if answer.refused else None
    return replace(exchange, sources=find_sources(corpus.assistant.index, exchange.references), held=held)


def _tell(conversation: Conversation, *, exchange: Exchange, turn: int) -> Conversation:
    """Put the answer where its question stands, unless it was stopped or the conversation begun again."""
    if len(conversation.exchanges) != turn + 1 or not conversation.exchanges[turn].pending:
        return conversation
    return conversation.told(exchange)
