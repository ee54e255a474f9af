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
from haystack_integrations.components.embedders import sentence_transformers as st

from benchmarks.peers.protocol import LLM_NAME, MAX_TOKENS, PROMPTS, Options, Passage, Reply, main

DOCUMENTS = "{% for doc in documents %}\n    {{ doc.content }}\n{% endfor %}\n"
SYSTEM = f"\nGiven these documents, answer the question.\nDocuments:\n{DOCUMENTS}"


class Haystack:
    def __init__(self, options: Options) -> None:
        self.options, self.file, self.pipeline = options, str(options.store / "documents.json"), Pipeline()

    def chain(self, **components: Any) -> None:
        for name, component in components.items():
            self.pipeline.add_component(name, component)
        for first, second in pairwise(components):
            self.pipeline.connect(first, second)

    def model(self, prompt: str) -> dict[str, Any]:
        return {"model": self.options.model, "prefix": PROMPTS[prompt], "progress_bar": False}

    def build(self) -> int:
        from haystack.components.converters import TextFileToDocument
        from haystack.components.preprocessors import DocumentCleaner, RecursiveDocumentSplitter
        from haystack.components.writers import DocumentWriter

        store, size = InMemoryDocumentStore(), self.options.size or 400
        settings = {"split_length": size, "split_unit": "char", "separators": ["\n\n", "\n", "。", " "]}
        self.chain(converter=TextFileToDocument(), cleaner=DocumentCleaner())
        self.chain(
            splitter=RecursiveDocumentSplitter(**settings),
            embedder=st.SentenceTransformersDocumentEmbedder(**self.model("passage")),
            writer=DocumentWriter(store),
        )
        self.pipeline.connect("cleaner", "splitter")
        self.pipeline.run({"converter": {"sources": sorted(self.options.source.iterdir())}})
        self.options.store.mkdir(parents=True, exist_ok=True)
        store.save_to_disk(self.file)
        return store.count_documents()

    def open(self) -> None:
        self.finder = InMemoryEmbeddingRetriever(InMemoryDocumentStore.load_from_disk(self.file))
        self.embedder = st.SentenceTransformersTextEmbedder(**self.model("query"))
        self.chain(embedder=self.embedder, retriever=self.finder)
        if self.options.llm:
            from haystack.components.builders import ChatPromptBuilder
            from haystack.components.generators.chat import OpenAIChatGenerator
            from haystack.dataclasses import ChatMessage
            from haystack.utils import Secret

            prompt = [ChatMessage.from_system(SYSTEM), ChatMessage.from_user("{{question}}")]
            settings = {"temperature": 0.0, "max_tokens": MAX_TOKENS}
            server = {
                "api_base_url": self.options.llm,
                "api_key": Secret.from_token("none"),
                "timeout": 600.0,
            }
            llm = OpenAIChatGenerator(model=LLM_NAME, generation_kwargs=settings, **server)
            self.chain(prompt_builder=ChatPromptBuilder(prompt, required_variables="*"), llm=llm)
            self.pipeline.connect("retriever", "prompt_builder.documents")

    def search(self, question: str, k: int) -> list[Passage]:
        return passages(self.finder.run(self.embedder.run(question)["embedding"], top_k=k))

    def answer(self, question: str) -> Reply:
        inputs = {"embedder": {"text": question}, "prompt_builder": {"question": question}}
        found = self.pipeline.run(inputs, include_outputs_from={"retriever"})
        return Reply(found["llm"]["replies"][0].text or "", passages(found["retriever"]))


def passages(found: dict[str, Any]) -> list[Passage]:
    return [Passage(Path(d.meta["file_path"]).name, d.content) for d in found["documents"]]


if __name__ == "__main__":
    main(Haystack)
