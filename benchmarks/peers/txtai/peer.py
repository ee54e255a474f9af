"""txtai as its quickstart for RAG has it: Textractor, an embeddings database with content, the RAG pipeline.

The quickstart cuts at page breaks, of which text files have none, so its Textractor cuts at lines, which are the
paragraphs of most reports. At our size its Textractor uses the recursive chunker of Chonkie, as its guide offers.
"""

from pathlib import Path

from txtai import Embeddings

from benchmarks.peers.protocol import LLM_NAME, MAX_TOKENS, PROMPTS, Options, Passage, Reply, main

TEMPLATE = """
  Answer the following question using the provided context.

  Question:
  {question}

  Context:
  {context}
"""


class Txtai:
    def __init__(self, options: Options) -> None:
        self.options = options

    def build(self) -> int:
        from txtai.pipeline import Textractor

        size = self.options.size
        textractor = Textractor(chunker="recursive", chunk_size=size) if size else Textractor(lines=True)
        files = sorted(self.options.source.iterdir())
        chunks = [(str(file), chunk) for file in files for chunk in textractor(str(file))]
        instructions = {"query": PROMPTS["query"], "data": PROMPTS["passage"]}
        embeddings = Embeddings(content=True, path=self.options.model, instructions=instructions)
        embeddings.index(chunks)
        embeddings.save(str(self.options.store))
        return len(chunks)

    def open(self) -> None:
        self.embeddings = Embeddings().load(str(self.options.store))
        if self.options.llm:
            from txtai import RAG

            self.rag = RAG(
                self.embeddings,
                f"openai/{LLM_NAME}",
                system="You are a friendly assistant",
                template=TEMPLATE,
                output="flatten",
                api_base=self.options.llm,
                api_key="none",
                temperature=0.0,
            )

    def search(self, question: str, k: int) -> list[Passage]:
        found = self.embeddings.batchsearch([question], k)[0]
        return [Passage(Path(item["id"]).name, item["text"]) for item in found]

    def answer(self, question: str) -> Reply:
        text = self.rag(question, maxlength=MAX_TOKENS)
        return Reply(text, self.search(question, self.rag.context))


if __name__ == "__main__":
    main(Txtai)
