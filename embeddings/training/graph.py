"""The networks of the reader and of the bundled model as ONNX graphs, their weights left out.

`python -m embeddings.training.graph` writes the bundled model's.
"""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from embeddings.bundled import weights_path
from embeddings.engine import GRAPH
from embeddings.training.data import PAD
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

    def linear(self, x: tuple[str, str], name: str, inputs: int, outputs: int) -> str:
        """A matrix product and its bias; `x` is as `rows` gives it."""
        values, largest = x
        if self.kind == "int4":
            blocks = inputs // BLOCK
            matrix = self.weight(f"{name}.w", (outputs, blocks, BLOCK // 2), "uint8")
            scale = self.weight(f"{name}.w.scale", (outputs * blocks,))
            sizes = {"K": inputs, "N": outputs, "bits": 4, "block_size": BLOCK}
            product = self.node("MatMulNBits", values, matrix, scale, domain=_EXTRA, **sizes)
        elif self.kind == "int8":
            matrix = self.weight(f"{name}.w", (inputs, outputs), "int8")
            scale = self.weight(f"{name}.w.scale", (outputs,))
            product = self.node("DynamicQuantizeMatMul", values, matrix, scale, domain=_EXTRA)
            product = self.node("Mul", product, largest)
        else:
            product = self.node("MatMul", values, self.weight(f"{name}.w", (inputs, outputs)))
        return self.node("Add", product, self.weight(f"{name}.b", (outputs,)))

    def rows(self, x: str) -> tuple[str, str]:
        """The vectors, each divided by its largest number where int8 follows, and these numbers.

        One scale serves a whole batch in the product: without this a single large vector would leave few of
        the 256 steps to all others, which cost 3 points of F1, and readings would depend on their company.
        """
        if self.kind != "int8":
            return x, ""
        largest = self.node("ReduceMax", self.node("Abs", x), self.constant([-1]), keepdims=1)
        return self.node("Div", x, largest), largest

    def norm(self, x: str, name: str, shape: Shape) -> str:
        weights = (self.weight(f"{name}.{part}", (shape.hidden,)) for part in "wb")
        return self.node("LayerNormalization", x, *weights, epsilon=shape.epsilon)


def build(shape: Shape, words: int, quantised: bool = True) -> tuple[ModelProto, Layout]:
    """The graph, tokens (batch, length) int64 in and scores (batch, length, 3) out, and where its weights stand.

    A weight is [name, dtype, shape, offset in the file]. `words` is the size of the vocabulary.
    """
    graph = _Graph("int8" if quantised else "float32")
    x, mask = _embed(graph, shape, words), _mask(graph)
    for number in range(shape.layers):
        x = _layer(graph, x, mask, f"l{number}", shape)
    scores = graph.node("MatMul", x, graph.weight("outputs.w", (shape.hidden, 3)))
    scores = graph.node("Add", scores, graph.weight("outputs.b", (3,)))
    inputs = [helper.make_tensor_value_info("tokens", TensorProto.INT64, ["batch", "length"])]
    outputs = [helper.make_tensor_value_info(scores, TensorProto.FLOAT, ["batch", "length", 3])]
    return _model(graph, "reader", inputs, outputs), graph.layout


def build_engine(shape: Shape) -> ModelProto:
    """The graph of the bundled model: words of one text with their places (1, length, hidden) in, its states out."""
    graph = _Graph("int4")
    x = graph.norm("words", "emb.ln", shape)
    for number in range(shape.layers):
        x = _layer(graph, x, "", f"l{number}", shape)
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


def _mask(graph: _Graph) -> str:
    padding = graph.node("Equal", "tokens", graph.constant(PAD))
    mask = graph.node("Where", padding, graph.constant(-1e4, np.float32), graph.constant(0, np.float32))
    return graph.node("Unsqueeze", mask, graph.constant([1, 2]))


def _layer(graph: _Graph, x: str, mask: str, name: str, shape: Shape) -> str:
    hidden, inner = shape.hidden, shape.feed_forward
    heads = graph.constant([0, 0, shape.heads, hidden // shape.heads])

    around = graph.rows(x)

    def split(part: str, order: list[int]) -> str:
        values = graph.linear(around, f"{name}.{part}", hidden, hidden)
        return graph.node("Transpose", graph.node("Reshape", values, heads), perm=order)

    query, key, value = split("q", [0, 2, 1, 3]), split("k", [0, 2, 3, 1]), split("v", [0, 2, 1, 3])
    scores = graph.node("MatMul", query, key)
    if mask:
        scores = graph.node("Add", scores, mask)
    mixed = graph.node("MatMul", graph.node("Softmax", scores, axis=-1), value)
    mixed = graph.node("Transpose", mixed, perm=[0, 2, 1, 3])
    mixed = graph.node("Reshape", mixed, graph.constant([0, 0, hidden]))
    out = graph.linear(graph.rows(mixed), f"{name}.ao", hidden, hidden)
    x = graph.norm(graph.node("Add", out, x), f"{name}.aln", shape)
    wide = graph.linear(graph.rows(x), f"{name}.fi", hidden, inner)
    bent = graph.rows(graph.node("Gelu", wide, domain=_EXTRA))
    return graph.norm(
        graph.node("Add", graph.linear(bent, f"{name}.fo", inner, hidden), x), f"{name}.oln", shape
    )


def main() -> None:
    """Entry of `python -m embeddings.training.graph`."""
    GRAPH.write_bytes(build_engine(Weights(weights_path()).shape).SerializeToString())


if __name__ == "__main__":
    main()
