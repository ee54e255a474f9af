"""What can go wrong with a language model, each said in one line in Chinese and in English, with what to do about it."""

import http.client
import socket
import ssl

from rag.errors import ModelError

INSTALL = "pip install 'ganwen[llm]'"

_TROUBLES = {
    # A file
    "no_file": (
        "找不到模型文件 {path}。ganwen llm 文件夹 会列出其中的模型。",
        "No model file at {path}. `ganwen llm FOLDER` lists those in a folder.",
    ),
    "folder": (
        "{path} 是文件夹。请写明其中的一个 GGUF 文件；ganwen llm {path} 会列出来。",
        "{path} is a folder. Name a GGUF file in it; `ganwen llm {path}` lists them.",
    ),
    "no_folder": (
        "没有文件夹 {path}。请写放 GGUF 文件的文件夹：ganwen llm 文件夹",
        "No folder {path}. Name one with GGUF files in it: ganwen llm FOLDER",
    ),
    "unreadable": (
        "模型文件 {path} 读不了（{reason}）。",
        "The model file {path} cannot be read: {reason}.",
    ),
    "large": (
        "{path} 约需 {needs:.1f} GB 内存，现在只有 {free:.1f} GB 可用。请关掉别的程序，或换小一些的模型或量化。",
        "{path} takes about {needs:.1f} GB of memory and {free:.1f} GB are free. "
        "Close other programs, or take a smaller model or quantisation.",
    ),
    "no_gguf": (
        "{path} 不是 GGUF 文件。llama.cpp 的模型文件名以 .gguf 结尾。",
        "{path} is not a GGUF file. llama.cpp's models are: look for a name ending in .gguf.",
    ),
    "version": (
        "{path} 是第 {version} 版的 GGUF，只能读第 {known} 版。请重新转换。",
        "{path} is a GGUF of version {version}; {known} is read. Convert it anew.",
    ),
    "damaged": ("{path} 不完整或已损坏。请重新下载。", "{path} is cut off or damaged. Fetch it again."),
    "no_package": (
        "运行 GGUF 文件需要 xllamacpp 软件包：{install}，或 make setup-llm。也可以改用模型服务的地址。",
        "A GGUF file needs the package xllamacpp: {install}, or make setup-llm. Or give a server's address.",
    ),
    "unloadable": (
        "llama.cpp 装不进 {path}（{reason}）。请换一个文件，或更新软件包：{install}",
        "llama.cpp cannot load {path}: {reason}. Try another file or a newer package: {install}",
    ),
    "failed": ("{name} 出错：{reason}", "{name} failed: {reason}"),
    # A server's address
    "no_address": (
        "{address} 不是模型服务的地址；地址的样子是 http://127.0.0.1:8080/v1",
        "{address} is not the address of a model server, such as http://127.0.0.1:8080/v1",
    ),
    "refused": (
        "{address} 没有应答。请先启动模型服务；ganwen llm 会列出本机有什么。",
        "Nothing answers at {address}. Start the model server; `ganwen llm` lists what is there.",
    ),
    "no_host": (
        "找不到 {address} 所说的主机。请核对地址。",
        "The machine of {address} cannot be found. Check the address.",
    ),
    "insecure": (
        "{address} 的加密连接不能用（{reason}）。没有加密的服务，地址以 http:// 开头。",
        "No secure connection to {address}: {reason}. The address of a server without one begins with http://",
    ),
    "slow": (
        "{address} 迟迟没有应答。请看看那里的服务是否正常。",
        "{address} took too long to answer. See whether the server there is well.",
    ),
    "no_http": (
        "{address} 的程序说的不是 HTTP。请核对端口。",
        "What answers at {address} does not speak HTTP. Check the port.",
    ),
    "hung_up": (
        "{address} 的模型服务中途断开了。请看那里的日志。",
        "The language model at {address} hung up. See the server's own log.",
    ),
    "broken": ("与 {address} 的连接断了（{reason}）。", "The connection to {address} broke off: {reason}."),
    # What a server answers
    "no_model": (
        "{address} 没有可用的模型。请在那里装上一个，或写明名称：--llm-model 名称",
        "{address} offers no model. Load one there, or name it: --llm-model NAME",
    ),
    "no_list": (
        "{address} 没有按 OpenAI 接口列出模型。这是模型服务的地址吗？llama.cpp 通常是 http://127.0.0.1:8080/v1",
        "{address} lists no models the way OpenAI's interface does. Is it the address of a model server? "
        "The usual one of llama.cpp is http://127.0.0.1:8080/v1",
    ),
    "web_page": (
        "{address} 回的是网页，不是模型的文字。模型服务的地址大多以 /v1 结尾。",
        "{address} answered with a web page, not with text of a model. "
        "The address of a model server mostly ends in /v1.",
    ),
    "foreign": (
        "{address} 的回答不合 OpenAI 的对话接口。",
        "{address} does not answer the way OpenAI's chat interface does.",
    ),
    "half_line": (
        "{address} 的模型一行没说完就断了。",
        "The language model at {address} broke off in the middle of a line.",
    ),
    "half_answer": (
        "{address} 的模型没说完就断了。",
        "The language model at {address} broke off before the end of its answer.",
    ),
    "complained": ("{address} 的模型出错：{reason}", "The language model at {address} failed: {reason}"),
    "silent": ("模型 {seconds:g} 秒没有出声。", "The language model said nothing for {seconds:g} s."),
    "nothing": (
        "{name} 什么也没有说。它是对话模型吗？",
        "{name} answered with nothing. Is it a model that chats?",
    ),
    # A status
    "key": (
        "{address} 要密钥（{status}）。用环境变量给它：GANWEN_LLM_KEY",
        "{address} wants a key ({status}). Set it in the environment: GANWEN_LLM_KEY",
    ),
    "not_found": (
        "{address} 没有对话接口，或者没有模型 {model}（{status}{said}）。ganwen llm 会列出本机服务的模型，用 --llm-model 写明一个。",
        "{address} has no chat at this address, or no model {model} ({status}{said}). `ganwen llm` lists the models "
        "of servers on this machine; name one with --llm-model.",
    ),
    "elsewhere": (
        "{address} 指向别处（{status}）。请直接写它指向的地址。",
        "{address} points elsewhere ({status}). Give the address it points to.",
    ),
    "server_failed": (
        "{address} 的模型服务出错（{status}{said}）。请看那里的日志。",
        "The language model at {address} failed ({status}{said}). See the server's own log.",
    ),
    "declined": (
        "{address} 没有接受这个问题（{status}{said}）。",
        "{address} did not take the question ({status}{said}).",
    ),
}


def trouble(name: str, /, **values: object) -> ModelError:
    """An error of this table, by its name, with the values that its texts hold."""
    chinese, english = (text.format(**values) for text in _TROUBLES[name])
    return ModelError(english, chinese)


def broken(address: str, error: Exception) -> ModelError:
    """What a connection to a server broke with."""
    match error:
        case ConnectionRefusedError():
            return trouble("refused", address=address)
        case ConnectionError() | http.client.IncompleteRead():
            return trouble("hung_up", address=address)
        case TimeoutError():
            return trouble("slow", address=address)
        case socket.gaierror():
            return trouble("no_host", address=address)
        case ssl.SSLError():
            return trouble("insecure", address=address, reason=error.reason or error)
        case http.client.HTTPException() | ValueError():
            return trouble("no_http", address=address)
    return trouble("broken", address=address, reason=getattr(error, "strerror", None) or error)
