"""LangChain as its tutorial "Build a RAG agent" has it: recursive splitter, vector store, the two-step chain.

Its own splitter is RecursiveCharacterTextSplitter with 1000 characters and 200 of overlap. Of the vector stores that
the tutorial offers, FAISS is the one that both needs no service and is kept on disk.
"""

from pathlib import Path

from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings

from benchmarks.peers.protocol import LLM_NAME, MAX_TOKENS, PROMPTS, Options, Passage, Reply, main


class LangChain:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.embeddings = HuggingFaceEmbeddings(
            model_name=options.model,
            encode_kwargs={"prompt": PROMPTS["passage"]},
            query_encode_kwargs={"prompt": PROMPTS["query"]},
        )

    def build(self) -> int:
        from langchain_community.document_loaders import DirectoryLoader, TextLoader
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        loader = DirectoryLoader(
            str(self.options.source), glob="*.txt", loader_cls=TextLoader, loader_kwargs={"encoding": "utf-8"}
        )
        size = self.options.size or 1000
        splitter = RecursiveCharacterTextSplitter(
            chunk_size=size, chunk_overlap=size // 5, add_start_index=True
        )
        splits = splitter.split_documents(loader.load())
        FAISS.from_documents(splits, self.embeddings).save_local(str(self.options.store))
        return len(splits)

    def open(self) -> None:
        self.store = FAISS.load_local(
            str(self.options.store), self.embeddings, allow_dangerous_deserialization=True
        )

    def search(self, question: str, k: int) -> list[Passage]:
        return passages(self.store.similarity_search(question, k=k))

    def answer(self, question: str) -> Reply:
        from langchain.agents import create_agent
        from langchain.agents.middleware import ModelRequest, dynamic_prompt
        from langchain_openai import ChatOpenAI

        found: list[Document] = []

        @dynamic_prompt
        def prompt_with_context(request: ModelRequest) -> str:
            found[:] = self.store.similarity_search(request.state["messages"][-1].text)
            context = "\n\n".join(document.page_content for document in found)
            return f"You are a helpful assistant. Use the following context in your response:\n\n{context}"

        llm = ChatOpenAI(
            model=LLM_NAME,
            base_url=self.options.llm,
            api_key="none",
            temperature=0.0,
            max_tokens=MAX_TOKENS,
            timeout=600.0,
        )
        agent = create_agent(llm, tools=[], middleware=[prompt_with_context])
        state = agent.invoke({"messages": [{"role": "user", "content": question}]})
        return Reply(state["messages"][-1].text, passages(found))


def passages(documents: list[Document]) -> list[Passage]:
    return [Passage(Path(d.metadata["source"]).name, d.page_content) for d in documents]


if __name__ == "__main__":
    main(LangChain)
