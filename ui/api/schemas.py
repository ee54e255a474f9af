"""What programs send and get. Where OpenAI's interface has a field, it is that one; what only we have stands under `ganwen`."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from rag.question import MAX_CHARACTERS
from rag.types import Kind

MESSAGES = 200
LONGEST_MESSAGE = 100_000
NAMES = 100


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Name = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Names = Annotated[
    list[Name],
    Field(min_length=1, max_length=NAMES),
    BeforeValidator(
        _as_list, json_schema_input_type=Name | Annotated[list[Name], Field(min_length=1, max_length=NAMES)]
    ),
]
KindName = Literal[*Kind]  # type: ignore[valid-type]
Kinds = Annotated[
    list[KindName],
    Field(min_length=1, max_length=NAMES),
    BeforeValidator(
        _as_list,
        json_schema_input_type=KindName | Annotated[list[KindName], Field(min_length=1, max_length=NAMES)],
    ),
]


class Strict(BaseModel):
    """Takes each type as it is; unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Filters(Strict):
    """What may be drawn on; each as one name or a list of them. A filter that matches nothing finds nothing."""

    document: Names | None = Field(None, description="Files of the corpus, such as `report.txt`.")
    region: Names | None = Field(
        None, description="Places, such as `江西省` or `南昌市`, with all that lies within."
    )
    period: Names | None = Field(
        None, description="Years, such as `2023`, or the first and last of several, such as `2021-2025`."
    )
    kind: Kinds | None = Field(
        None, description="What a passage tells: what was reached, is planned, and so on."
    )


class TextPart(BaseModel):
    """A piece of a message."""

    model_config = ConfigDict(strict=True)
    type: Literal["text"]
    text: str


Content = (
    Annotated[str, Field(max_length=LONGEST_MESSAGE)] | Annotated[list[TextPart], Field(max_length=MESSAGES)]
)


class Message(BaseModel):
    """One message of the conversation. Those of `system` and `developer` are not obeyed, as no text is."""

    model_config = ConfigDict(strict=True)
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Content | None = None

    @property
    def text(self) -> str:
        """Its words."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content or ())


class StreamOptions(BaseModel):
    """What a stream tells beside the answer."""

    model_config = ConfigDict(strict=True)
    include_usage: bool = False


class ResponseFormat(BaseModel):
    """Answers are text."""

    model_config = ConfigDict(strict=True)
    type: Literal["text"] = "text"


class ChatRequest(BaseModel):
    """A question with its conversation. Fields of OpenAI's that are not named here are read over: nothing is sampled."""

    model_config = ConfigDict(extra="allow", strict=True)
    model: Name = Field("ganwen", description="One of `GET /v1/models`.")
    messages: Annotated[list[Message], Field(min_length=1, max_length=MESSAGES)] = Field(
        description=f"The last one is the user's question, of at most {MAX_CHARACTERS:,} characters; a question that "
        "leans on those before it is completed from them."
    )
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1)] | None = Field(None, description="There is one answer.")
    response_format: ResponseFormat | None = None
    filter: Filters | None = None


class Citation(BaseModel):
    """The mark `[n]` of the answer: characters `start` to `end` of a file's decoded text, and those characters as shown."""

    n: int
    file: str
    start: int
    end: int
    text: str
    article: str
    section: list[str]
    region: str | None
    period: str | None
    kind: KindName
    page: int | None


class Report(BaseModel):
    """What only Ganwen tells of an answer."""

    verdict: Literal["answered", "refused"]
    reason: str | None = Field(description="The code of a refusal.")
    understood: str = Field(description="The question as it was understood, completed from the conversation.")
    backend: str = Field(description="What wrote the answer.")
    note: str | None = Field(description="What went wrong with a language model that was to write it.")
    seconds: float
    citations: list[Citation]


class Usage(BaseModel):
    """About how many tokens: one a Chinese character, one for three of any others."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Reply(BaseModel):
    """The answer as a message. A refusal is an answer too, in words; `ganwen.verdict` tells it."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(BaseModel):
    """The one answer."""

    index: Literal[0] = 0
    message: Reply
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Completion(BaseModel):
    """The answer to a question."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    ganwen: Report


class Model(BaseModel):
    """What writes answers."""

    id: str
    object: Literal["model"] = "model"
    created: int = Field(description="When the index was built, in seconds since 1970.")
    owned_by: str = "ganwen"


class Models(BaseModel):
    """All that can write answers."""

    object: Literal["list"] = "list"
    data: list[Model]


class ErrorDetail(BaseModel):
    """What is wrong and what to do about it; `code` is for programs."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class Error(BaseModel):
    """An error as OpenAI's interface tells it."""

    error: ErrorDetail


class Health(BaseModel):
    """Whether the server lives, or is ready."""

    status: Literal["ok", "ready", "unavailable"]
    reason: str | None = None
