"""The parameters of the network of pytorch.py: shapes by path, [outputs, inputs, kernel, kernel]. It needs no PyTorch.

usage: pytorch_shapes.py <network spec as JSON>; prints them as JSON
"""

import json
import sys


def shapes_of(spec):
    full, half = spec["widths"]

    def block(path, width):
        maps = [width, width, 3, 3]
        return {f"{path}.conv0": maps, f"{path}.emb": [width, half], f"{path}.gain": [], f"{path}.conv1": maps}

    found = {
        "fourier.frequencies": [half],
        "fourier.phases": [half],
        "emb.noise": [half, half],
        "emb.class": [half, spec["classes"]],
        "in": [full, 4 * spec["channels"] + 1, 3, 3],
        "down": [half, full, 1, 1],
        "up": [full, half, 1, 1],
        "out": [4 * spec["channels"], full, 3, 3],
        "out.gain": [],
        "logVariance": [1, half],
        "logVariance.gain": [],
    }
    for side in ("encoder", "decoder"):
        for level, count in enumerate(spec[f"{side}Blocks"]):
            for i in range(count):
                found |= block(f"{side[:3]}.{level}.{i}", spec["widths"][level])
    return found


if __name__ == "__main__":
    print(json.dumps(shapes_of(json.loads(sys.argv[1]))))
