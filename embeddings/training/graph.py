"""The networks of the reader and of the bundled model as ONNX graphs, their weights left out.

`python -m embeddings.training.graph` writes the bundled model's.
"""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from embeddings.bundled import weights_path
from embeddings.engine import GRAPH
from embeddings.weights import BLOCK, Shape, Weights

Kind = Literal["float32", "int8", "int4"]
"""What the matrices are kept in; int4 as the bundled model has them, computed in float32."""
Layout = list[tuple[str, str, list[int], int]]
_ALIGN = 64
_EXTRA = "com.microsoft"


class _Graph:
    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.nodes: list[Any] = []
        self.weights: list[TensorProto] = []
        self.layout: Layout = []
        self._end = 0

    def node(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name, domain=domain, **attributes))
        return name

    def constant(self, value: Any, dtype: type = np.int64) -> str:
        name = f"constant_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(value, dtype), name))
        return name

    def weight(self, name: str, shape: Sequence[int], dtype: str = "float32") -> str:
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        tensor = TensorProto(name=name, data_type=kind, dims=shape, data_location=TensorProto.EXTERNAL)
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        for key, value in (("location", "weights.bin"), ("offset", self._end), ("length", size)):
            tensor.external_data.add(key=key, value=str(value))
        self.weights.append(tensor)
        self.layout.append((name, dtype, list(shape), self._end))
        self._end += -(-size // _ALIGN) * _ALIGN
        return name

    def linear(self, x: str, name: str, inputs: int, outputs: int) -> str:
        """A matrix product and its bias."""
        bias = self.weight(f"{name}.b", (outputs,))
        if self.kind == "int8":
            return self._quantised(x, name, inputs, outputs, bias)
        if self.kind == "int4":
            blocks = inputs // BLOCK
            matrix = self.weight(f"{name}.w", (outputs, blocks, BLOCK // 2), "uint8")
            scale = self.weight(f"{name}.w.scale", (outputs * blocks,))
            sizes = {"K": inputs, "N": outputs, "bits": 4, "block_size": BLOCK}
            product = self.node("MatMulNBits", x, matrix, scale, domain=_EXTRA, **sizes)
        else:
            product = self.node("MatMul", x, self.weight(f"{name}.w", (inputs, outputs)))
        return self.node("Add", product, bias)

    def narrow(self, bent: str, name: str, inputs: int, outputs: int) -> str:
        """The product behind the bend: in int8 each vector is divided by its largest number first.

        One scale serves all vectors in the product: without this a single large vector would leave few of the
        256 steps to all others, which cost 3 points of F1. The other products lose nothing that can be measured
        (README.md). No bent number lies under -0.17, so that the largest in size is the largest, or 0.17 bounds it.
        """
        if self.kind != "int8":
            return self.linear(bent, name, inputs, outputs)
        largest = self.node("ReduceMax", bent, self.constant([-1]), keepdims=1)
        largest = self.node("Max", largest, self.constant(0.17, np.float32))
        product = self._quantised(self.node("Div", bent, largest), name, inputs, outputs)
        return self.node("Add", self.node("Mul", product, largest), self.weight(f"{name}.b", (outputs,)))

    def _quantised(self, x: str, name: str, inputs: int, outputs: int, bias: str = "") -> str:
        matrix = self.weight(f"{name}.w", (inputs, outputs), "int8")
        scale = self.weight(f"{name}.w.scale", (outputs,))
        rest = ("", bias) if bias else ()
        return self.node("DynamicQuantizeMatMul", x, matrix, scale, *rest, domain=_EXTRA)

    def split(self, x: str, parts: int) -> list[str]:
        """Equal parts of each vector."""
        names = [f"Split_{len(self.nodes)}_{part}" for part in range(parts)]
        self.nodes.append(helper.make_node("Split", [x], names, axis=-1, num_outputs=parts))
        return names

    def norm(self, x: str, name: str, shape: Shape) -> str:
        weights = (self.weight(f"{name}.{part}", (shape.hidden,)) for part in "wb")
        return self.node("LayerNormalization", x, *weights, epsilon=shape.epsilon)


def build(shape: Shape, words: int, quantised: bool = True) -> tuple[ModelProto, Layout]:
    """The graph, tokens (1, length) int64 in and scores (1, length, 3) out, and where its weights stand.

    A weight is [name, dtype, shape, offset in the file]. `words` is the size of the vocabulary.
    """
    graph = _Graph("int8" if quantised else "float32")
    x = _embed(graph, shape, words)
    for number in range(shape.layers):
        x = _layer(graph, x, f"l{number}", shape)
    scores = graph.node("MatMul", x, graph.weight("outputs.w", (shape.hidden, 3)))
    scores = graph.node("Add", scores, graph.weight("outputs.b", (3,)))
    inputs = [helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, "length"])]
    outputs = [helper.make_tensor_value_info(scores, TensorProto.FLOAT, [1, "length", 3])]
    return _model(graph, "reader", inputs, outputs), graph.layout


def build_engine(shape: Shape) -> ModelProto:
    """The graph of the bundled model: words of one text with their places (1, length, hidden) in, its states out."""
    graph = _Graph("int4")
    x = graph.norm("words", "emb.ln", shape)
    for number in range(shape.layers):
        x = _layer(graph, x, f"l{number}", shape)
    size = [1, "length", shape.hidden]
    inputs = [helper.make_tensor_value_info("words", TensorProto.FLOAT, size)]
    return _model(graph, "engine", inputs, [helper.make_tensor_value_info(x, TensorProto.FLOAT, size)])


def _model(graph: _Graph, name: str, inputs: list[Any], outputs: list[Any]) -> ModelProto:
    made = helper.make_graph(graph.nodes, name, inputs, outputs, graph.weights)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(_EXTRA, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=10)


def _embed(graph: _Graph, shape: Shape, words: int) -> str:
    if graph.kind == "int8":
        rows = graph.node("Gather", graph.weight("words", (words, shape.hidden), "int8"), "tokens")
        scale = graph.node("Gather", graph.weight("words.scale", (words, 1)), "tokens")
        x = graph.node("Mul", graph.node("Cast", rows, to=TensorProto.FLOAT), scale)
    else:
        x = graph.node("Gather", graph.weight("words", (words, shape.hidden)), "tokens")
    first, length = graph.constant([0]), graph.node("Shape", "tokens", start=1, end=2)
    positions = graph.weight("positions", (shape.positions, shape.hidden))
    places = graph.node("Slice", positions, first, length, graph.constant([0]))
    return graph.norm(graph.node("Add", x, places), "ln", shape)


def _layer(graph: _Graph, x: str, name: str, shape: Shape) -> str:
    hidden, inner = shape.hidden, shape.feed_forward
    mixed = _attend(graph, x, name, shape)
    out = graph.linear(mixed, f"{name}.ao", hidden, hidden)
    x = graph.norm(graph.node("Add", out, x), f"{name}.aln", shape)
    bent = graph.node("Gelu", graph.linear(x, f"{name}.fi", hidden, inner), domain=_EXTRA)
    narrow = graph.narrow(bent, f"{name}.fo", inner, hidden)
    return graph.norm(graph.node("Add", narrow, x), f"{name}.oln", shape)


def _attend(graph: _Graph, x: str, name: str, shape: Shape) -> str:
    """Attention in one node, with no mask, which would make it slower; the queries' weights are divided by the root of a head's width already."""
    hidden = shape.hidden
    if graph.kind == "int8":  # one product for the three: the vectors are quantised once
        parts = graph.split(graph.linear(x, f"{name}.qkv", hidden, 3 * hidden), 3)
    else:
        parts = [graph.linear(x, f"{name}.{part}", hidden, hidden) for part in "qkv"]
    return graph.node("MultiHeadAttention", *parts, domain=_EXTRA, num_heads=shape.heads, scale=1.0)


def main() -> None:
    """Entry of `python -m embeddings.training.graph`."""
    GRAPH.write_bytes(build_engine(Weights(weights_path()).shape).SerializeToString())


if __name__ == "__main__":
    main()
