"""LlamaIndex as its starter tutorial with local models has it: VectorStoreIndex over SimpleDirectoryReader.

Its own splitter is SentenceSplitter with 1024 tokens and 200 of overlap. At our size it counts characters, and takes no
room from them for what it knows of the file (its path, size and dates).
"""

from pathlib import Path

from llama_index.core import Settings, SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.core import load_index_from_storage as load
from llama_index.core.schema import NodeWithScore
from llama_index.embeddings.huggingface import HuggingFaceEmbedding

from benchmarks.peers.protocol import CONTEXT, LLM_NAME, MAX_TOKENS, PROMPTS, Options, Passage, Reply, main


class LlamaIndex:
    def __init__(self, options: Options) -> None:
        self.options = options
        Settings.embed_model = HuggingFaceEmbedding(
            model_name=options.model,
            query_instruction=PROMPTS["query"],
            text_instruction=PROMPTS["passage"],
        )
        if options.size:
            from llama_index.core.node_parser import SentenceSplitter

            Settings.node_parser = SentenceSplitter(
                chunk_size=options.size,
                chunk_overlap=options.size // 5,
                tokenizer=list,
                include_metadata=False,
            )
        if options.llm:
            from llama_index.llms.openai_like import OpenAILike

            Settings.llm = OpenAILike(
                model=LLM_NAME,
                api_base=options.llm,
                api_key="none",
                is_chat_model=True,
                context_window=CONTEXT,
                max_tokens=MAX_TOKENS,
                temperature=0.0,
                timeout=600.0,
            )

    def build(self) -> int:
        documents = SimpleDirectoryReader(str(self.options.source), filename_as_id=True).load_data()
        index = VectorStoreIndex.from_documents(documents)
        index.storage_context.persist(str(self.options.store))
        return len(index.docstore.docs)

    def open(self) -> None:
        self.index = load(StorageContext.from_defaults(persist_dir=str(self.options.store)))

    def search(self, question: str, k: int) -> list[Passage]:
        return [passage(node) for node in self.index.as_retriever(similarity_top_k=k).retrieve(question)]

    def answer(self, question: str) -> Reply:
        response = self.index.as_query_engine().query(question)
        return Reply(str(response), [passage(node) for node in response.source_nodes])


def passage(node: NodeWithScore) -> Passage:
    return Passage(Path(node.node.ref_doc_id or "").name, node.get_content())


if __name__ == "__main__":
    main(LlamaIndex)
