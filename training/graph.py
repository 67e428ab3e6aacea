"""The recogniser as an ONNX graph: 8-bit weights and activations with fixed ranges, no padding.

Ranges are fixed at export, not measured per batch as `quantize_dynamic` does: that would make a
text's spans depend on the texts beside it. Every text of a batch has the same number of pieces, so
there is no mask, and no text sees another.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Floats = NDArray[np.float32]
HEADS = 12
CONTRIB = "com.microsoft"


class Graph:
    """Nodes and weights, collected."""

    def __init__(self, ranges: dict[str, tuple[float, float]]) -> None:
        """Begin an empty graph; ``ranges`` gives each activation's bounds by name."""
        self.ranges = ranges
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def constant(self, name: str, value: Any) -> str:
        """Keep ``value`` and return its name."""
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(
        self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: Any
    ) -> str:
        """Append a node and return its output's name."""
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def quantized(self, x: str, name: str) -> tuple[str, str, str]:
        """Return ``x`` as bytes over the range of ``name``, its scale and its zero point."""
        low, high = self.ranges[name]
        scale = np.float32((high - low) / 255)
        at = self.constant(f"{name}.scale", scale)
        zero = self.constant(f"{name}.zero", np.uint8(round(-low / float(scale))))
        return self.add("QuantizeLinear", [x, at, zero], f"{name}.q"), at, zero

    def linear(self, x: str, name: str, weight: Floats, bias: Floats) -> str:
        """Return ``x`` times ``weight`` (inputs × outputs) plus ``bias``, in bytes, one weight
        scale per output.
        """
        q, scale, zero = self.quantized(x, name)
        weight_scale = np.maximum(np.abs(weight).max(axis=0), 1e-8).astype(np.float32) / 127
        table = self.constant(
            f"{name}.weight", np.clip(np.round(weight / weight_scale), -127, 127).astype(np.int8)
        )
        scales = self.constant(f"{name}.weight.scale", weight_scale)
        bias_name = self.constant(f"{name}.bias", bias)
        inputs = [q, table, scale, scales, zero, "", bias_name]
        return self.add("MatMulIntegerToFloat", inputs, f"{name}.y", CONTRIB)

    def looked_up(self, ids: str, name: str, table: Floats) -> str:
        """Return the rows of ``table``, kept as bytes with one scale a row."""
        scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-8).astype(np.float32) / 127
        rows = self.constant(name, np.clip(np.round(table / scale), -127, 127).astype(np.int8))
        scales = self.constant(f"{name}.scales", scale)
        taken = self.add("Gather", [rows, ids], f"{name}.taken")
        as_float = self.add("Cast", [taken], f"{name}.float", to=TensorProto.FLOAT)
        return self.add(
            "Mul", [as_float, self.add("Gather", [scales, ids], f"{name}.scale")], f"{name}.rows"
        )

    def norm(self, x: str, name: str, state: dict[str, Floats], skip: str = "") -> str:
        """Return the layer norm of ``x``, or of ``x`` plus ``skip``."""
        gain, shift = (
            self.constant(f"{name}.gain", state[f"{name}.weight"]),
            self.constant(f"{name}.shift", state[f"{name}.bias"]),
        )
        if skip:
            x = self.add("Add", [x, skip], f"{name}.sum")
        return self.add("LayerNormalization", [x, gain, shift], f"{name}.y", axis=-1, epsilon=1e-12)


def build(state: dict[str, Floats], ranges: dict[str, tuple[float, float]], layers: int) -> bytes:
    """Return the model: ``ids`` and ``shapes`` (batch, length) in, ``scores`` (batch, length,
    labels) out.
    """
    graph = Graph(ranges)
    x = embedded(graph, state)
    for number in range(layers):
        x = layer(graph, x, f"blocks.{number}", state)
    scores = graph.linear(x, "head", state["head.weight"].T, state["head.bias"])
    graph.nodes[-1].output[0] = "scores"
    assert scores == "head.y"
    dims = ["batch", "length"]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, dims) for name in ("ids", "shapes")
    ]
    output = helper.make_tensor_value_info(
        "scores", TensorProto.FLOAT, [*dims, len(state["head.bias"])]
    )
    body = helper.make_graph(graph.nodes, "names", inputs, [output], graph.weights)
    versions = [helper.make_opsetid("", 17), helper.make_opsetid(CONTRIB, 1)]
    model = helper.make_model(body, opset_imports=versions, ir_version=8, producer_name="coatcheck")
    content: bytes = model.SerializeToString()
    return content


def embedded(graph: Graph, state: dict[str, Floats]) -> str:
    """Return the sum of piece, place and shape vectors, normalised."""
    piece = graph.looked_up("ids", "piece", state["piece.weight"])
    shape = graph.add(
        "Gather", [graph.constant("shape", state["shape.weight"]), "shapes"], "shape.rows"
    )
    size = graph.add("Shape", ["ids"], "size")
    zero, one, two = (graph.constant(f"at{n}", np.array([n], np.int64)) for n in (0, 1, 2))
    length = graph.add("Slice", [size, one, two, zero], "length")
    place = graph.add(
        "Slice", [graph.constant("place", state["place.weight"]), zero, length, zero], "place.rows"
    )
    both = graph.add("Add", [shape, place], "shape.place")
    return graph.norm(graph.add("Add", [piece, both], "sum"), "norm", state)


def layer(graph: Graph, x: str, name: str, state: dict[str, Floats]) -> str:
    """Return one transformer layer of ``x``."""
    width = state[f"{name}.out.bias"].shape[0]
    packed = graph.linear(
        x, f"{name}.qkv", state[f"{name}.qkv.weight"].T, state[f"{name}.qkv.bias"]
    )
    parts = [f"{name}.{part}" for part in "qkv"]
    graph.nodes.append(
        helper.make_node(
            "Split",
            [packed, graph.constant(f"{name}.split", np.array([width] * 3, np.int64))],
            parts,
            axis=-1,
        )
    )
    mixed = graph.add("MultiHeadAttention", parts, f"{name}.mixed", CONTRIB, num_heads=HEADS)
    out = graph.linear(
        mixed, f"{name}.out", state[f"{name}.out.weight"].T, state[f"{name}.out.bias"]
    )
    x = graph.norm(out, f"{name}.norm1", state, skip=x)
    up = graph.linear(x, f"{name}.up", state[f"{name}.up.weight"].T, state[f"{name}.up.bias"])
    active = graph.add("Relu", [up], f"{name}.active")
    down = graph.linear(
        active, f"{name}.down", state[f"{name}.down.weight"].T, state[f"{name}.down.bias"]
    )
    return graph.norm(down, f"{name}.norm2", state, skip=x)


def check(content: bytes) -> None:
    """Raise if the graph is not well formed."""
    onnx.checker.check_model(onnx.load_from_string(content))
