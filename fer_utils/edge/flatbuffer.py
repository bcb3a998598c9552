"""Write a LiteRT file anew without what only tools read: the same numbers in a sixth less space.

A LiteRT file is a FlatBuffer: tables that are read where they lie, without unpacking. Explained in chapter 14. Needs
`ai-edge-litert`, whose reader and writer of FlatBuffers is used.
"""

from pathlib import Path

import numpy as np

from fer_utils.files import write_bytes


def shrink(path):
    """Write the LiteRT file at `path` anew, smaller, in one step. Its answers stay the same, bit by bit.

    Names of tensors go, but for those of the input and the output, and the smallest and largest values that calibration
    left in the file. Lists of numbers that are alike, such as the zero points of weights, which are all 0, are stored
    once. Weights stay inside the FlatBuffer and begin at multiples of 16 bytes, where microcontrollers can read them.
    """
    from ai_edge_litert.tools import flatbuffer_utils

    model = flatbuffer_utils.read_model(str(path))
    model.description, model.metadata, model.metadataBuffer = None, None, None
    for graph in model.subgraphs:
        graph.name = None
        for tensor in graph.tensors:
            tensor.name = None
            if tensor.quantization is not None:
                tensor.quantization.min = tensor.quantization.max = None
        graph.tensors[graph.inputs[0]].name, graph.tensors[graph.outputs[0]].name = "face", "emotion"
    write_bytes(path, _packed(model))


def as_c_array(path):
    """A LiteRT file as the text of a C++ source file: the bytes `fer_network`, aligned to 16, and `fer_network_length`.

    The header that declares both stands beside the firmware, in data/firmware.
    """
    data = Path(path).read_bytes()
    rows = [",".join(map(str, data[start:start + 32])) for start in range(0, len(data), 32)]
    return ("// Written by: python -m fer_utils export NAME --format c\n"
            '#include "fer_network.h"\n\nalignas(16) const unsigned char fer_network[] = {\n' + ",\n".join(rows)
            + f"}};\nconst std::size_t fer_network_length = {len(data)};\n")


def _packed(model):
    import flatbuffers

    class Sharing(flatbuffers.Builder):
        """Writes vectors that are alike once, and bytes at multiples of 16."""

        def __init__(self):
            super().__init__(1 << 21)
            self.written = {}

        def CreateNumpyVector(self, x):
            key = x.dtype.str, x.tobytes()
            if key not in self.written:
                self.written[key] = self._create(x)
            return self.written[key]

        def _create(self, x):
            if x.dtype != np.uint8:
                return super().CreateNumpyVector(x)
            self.StartVector(1, x.size, 16)
            self.head -= x.size
            self.Bytes[self.head:self.head + x.size] = x.tobytes()
            self.vectorNumElems = x.size
            return self.EndVector()

    builder = Sharing()
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())
