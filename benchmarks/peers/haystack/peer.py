"""Haystack as its guides have it: an indexing pipeline into the in-memory store, and the RAG pipeline of Get Started.

Its splitter by words finds none in Chinese, and its splitter for Chinese loads models from a hub, so the splitter is
the one of its recursive guide, 400 characters without overlap, with the Chinese full stop for the English sentence.
"""

from itertools import pairwise
from pathlib import Path
from typing import Any

from haystack import Pipeline
from haystack.components.retrievers import InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders import sentence_transformers

from benchmarks.peers.protocol import LLM_NAME, MAX_TOKENS, PROMPTS, Options, Passage, Reply, main

SYSTEM = """
Given these documents, answer the question.
Documents:
{% for doc in documents %}
    {{ doc.content }}
{% endfor %}
"""


class Haystack:
    def __init__(self, options: Options) -> None:
        self.options, self.file = options, options.store / "documents.json"

    def build(self) -> int:
        from haystack.components.converters import TextFileToDocument
        from haystack.components.preprocessors import DocumentCleaner, RecursiveDocumentSplitter
        from haystack.components.writers import DocumentWriter

        store, size = InMemoryDocumentStore(), self.options.size or 400
        indexing = Pipeline()
        indexing.add_component("converter", TextFileToDocument())
        indexing.add_component("cleaner", DocumentCleaner())
        indexing.add_component(
            "splitter",
            RecursiveDocumentSplitter(split_length=size, split_unit="char", separators=["\n\n", "\n", "。", " "]),
        )
        indexing.add_component(
            "embedder",
            sentence_transformers.SentenceTransformersDocumentEmbedder(model=self.options.model, prefix=PROMPTS["passage"], progress_bar=False),
        )
        indexing.add_component("writer", DocumentWriter(document_store=store))
        for first, second in pairwise(("converter", "cleaner", "splitter", "embedder", "writer")):
            indexing.connect(first, second)
        indexing.run({"converter": {"sources": sorted(self.options.source.iterdir())}})
        self.options.store.mkdir(parents=True, exist_ok=True)
        store.save_to_disk(str(self.file))
        return store.count_documents()

    def open(self) -> None:
        store = InMemoryDocumentStore.load_from_disk(str(self.file))
        embedder = sentence_transformers.SentenceTransformersTextEmbedder(
            model=self.options.model, prefix=PROMPTS["query"], progress_bar=False
        )
        self.asking = Pipeline()
        self.asking.add_component("embedder", embedder)
        self.asking.add_component("retriever", InMemoryEmbeddingRetriever(document_store=store))
        self.asking.connect("embedder.embedding", "retriever.query_embedding")
        if self.options.llm:
            self.add_llm()

    def add_llm(self) -> None:
        from haystack.components.builders import ChatPromptBuilder
        from haystack.components.generators.chat import OpenAIChatGenerator
        from haystack.dataclasses import ChatMessage
        from haystack.utils import Secret

        prompt = [ChatMessage.from_system(SYSTEM), ChatMessage.from_user("{{question}}")]
        generator = OpenAIChatGenerator(
            api_key=Secret.from_token("none"),
            model=LLM_NAME,
            api_base_url=self.options.llm,
            generation_kwargs={"temperature": 0.0, "max_tokens": MAX_TOKENS},
            timeout=600.0,
        )
        self.asking.add_component("prompt_builder", ChatPromptBuilder(template=prompt, required_variables="*"))
        self.asking.add_component("llm", generator)
        self.asking.connect("retriever", "prompt_builder.documents")
        self.asking.connect("prompt_builder", "llm")

    def search(self, question: str, k: int) -> list[Passage]:
        found = self.asking.run({"embedder": {"text": question}, "retriever": {"top_k": k}})
        return passages(found)

    def answer(self, question: str) -> Reply:
        inputs = {"embedder": {"text": question}, "prompt_builder": {"question": question}}
        found = self.asking.run(inputs, include_outputs_from={"retriever"})
        return Reply(found["llm"]["replies"][0].text or "", passages(found))


def passages(found: dict[str, Any]) -> list[Passage]:
    return [Passage(Path(d.meta["file_path"]).name, d.content) for d in found["retriever"]["documents"]]


if __name__ == "__main__":
    main(Haystack)
