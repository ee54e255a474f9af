"""Ganwen in the same way as its peers: a process of its own that builds, finds passages and answers (with no LLM)."""

from benchmarks.peers.protocol import Options, Passage, Reply, main
from embeddings.encoder import load_encoder
from rag.assistant import Assistant
from rag.question import understand
from rag.retrieval import Retriever
from rag.store import Index, build_index


class Ganwen:
    def __init__(self, options: Options) -> None:
        self.options = options

    def build(self) -> int:
        """No vector comes from the cache."""
        encoder = load_encoder()
        build_index(self.options.source, self.options.store, encoder)
        return len(Index.open(self.options.store, encoder.name))

    def open(self) -> None:
        encoder = load_encoder()
        index = Index.open(self.options.store, encoder.name)
        self.assistant = Assistant(index, encoder)
        self.retriever = Retriever(index, encoder)

    def search(self, question: str, k: int) -> list[Passage]:
        hits = self.retriever.search(understand(question, self.assistant.coverage), k=k)
        return [Passage(hit.chunk.file, hit.chunk.text) for hit in hits]

    def answer(self, question: str) -> Reply:
        answer = self.assistant.ask(question)
        return Reply(
            answer.text,
            [Passage(hit.chunk.file, hit.chunk.text) for hit in answer.passages],
            [Passage(citation.file, citation.text) for citation in answer.citations],
            answer.refused,
        )


if __name__ == "__main__":
    main(Ganwen)
