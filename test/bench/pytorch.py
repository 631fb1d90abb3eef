"""Training images per second of PyTorch on the network of wasm-model/network/network.ts; run by training.ts.

The same step as training/learning/trainer.ts: filters back to unit root mean square, denoising score matching with the learned log-variance, Adam, average of
the weights. Channels-last maps, eager mode.

In bfloat16 as torch.autocast has it: convolutions and matrix products round what they multiply, the weights stay float32.

usage: pytorch.py <network spec as JSON> <batch size> <seconds> <float32 | bfloat16>; prints JSON {version, imagesPerSecond}
"""

import json
import math
import sys
import time

import torch
import torch.nn.functional as F

from pytorch_shapes import shapes_of

spec = json.loads(sys.argv[1])
batch, seconds, is_bfloat16 = int(sys.argv[2]), float(sys.argv[3]), sys.argv[4] == "bfloat16"
data_std = spec["sigmaData"]
image_shape = (batch, spec["channels"], spec["height"], spec["width"])

shapes = shapes_of(spec)
frequencies, phases = torch.randn(shapes.pop("fourier.frequencies")), torch.rand(shapes.pop("fourier.phases"))
filters = {path: torch.randn(shape, requires_grad=True) for path, shape in shapes.items() if shape}
gains = {path: torch.zeros((), requires_grad=True) for path, shape in shapes.items() if not shape}


def unit_norm(path):
    """The filter of that path, scaled to unit norm per output."""
    return F.normalize(filters[path].flatten(1), dim=1).view(shapes[path])


def conv(x, path):
    return F.conv2d(x, unit_norm(path), padding=shapes[path][-1] // 2)


def linear(v, path):
    return F.linear(v, unit_norm(path))


def gain(x, path):
    return x * gains[path]


def silu(x):
    return F.silu(x) / 0.596


def mp_sum(a, b, t):
    return torch.lerp(a, b, t) / math.hypot(1 - t, t)


def noise_features(sigma):
    return math.sqrt(2) * torch.cos(2 * math.pi * (torch.log(sigma) / 4 * frequencies + phases))


def body(x, emb):
    def block(h, path):
        y = conv(silu(h), f"{path}.conv0")
        y = y * (1 + gain(linear(emb, f"{path}.emb"), f"{path}.gain"))[:, :, None, None]
        return mp_sum(h, conv(silu(y), f"{path}.conv1"), 0.3)

    def encoder(h, level):
        for i in range(spec["encoderBlocks"][level]):
            h = block(h, f"enc.{level}.{i}")
        return h

    def decoder(h, level, skip):
        for i in range(spec["decoderBlocks"][level]):
            h = block(mp_sum(h, skip, 0.5) if i == 1 else h, f"dec.{level}.{i}")
        return h

    image = F.pad(F.pixel_unshuffle(x, 2), (0, 0, 0, 0, 0, 1), value=1.0).contiguous(memory_format=torch.channels_last)
    skip0 = encoder(conv(image, "in"), 0)
    skip1 = encoder(conv(F.avg_pool2d(skip0, 2), "down"), 1)
    quarter = decoder(skip1, 1, skip1)
    h = decoder(F.interpolate(conv(quarter, "up"), scale_factor=2), 0, skip0)
    return F.pixel_shuffle(gain(conv(h, "out"), "out.gain"), 2)


def objective(clean, noise, sigma, label):
    s = sigma[:, :, None, None]
    x = clean + noise * s
    features = noise_features(sigma)
    emb = silu(mp_sum(linear(features, "emb.noise"), linear(label * math.sqrt(spec["classes"]), "emb.class"), 0.5))
    c_in = torch.rsqrt(s**2 + data_std**2)
    denoised = x * c_in**2 * data_std**2 + body(x * c_in, emb) * s * c_in * data_std
    loss = (sigma**2 + data_std**2) / (sigma * data_std) ** 2 * (denoised - clean).square().mean((1, 2, 3))[:, None]
    u = gain(linear(features, "logVariance"), "logVariance.gain")
    return (loss / u.exp() + u).mean()


def draw():
    label = F.one_hot(torch.randint(spec["classes"], (batch,)), spec["classes"]).float()
    return torch.rand(image_shape) * 2 - 1, torch.randn(image_shape), torch.exp(1.3 * torch.randn(batch, 1) - 0.9), label


parameters = [*filters.values(), *gains.values()]
average = [p.detach().clone() for p in parameters]
adam = torch.optim.Adam(parameters, lr=1e-4, betas=(0.9, 0.99))


def step():
    with torch.no_grad():
        for w in filters.values():
            w /= w.flatten(1).square().mean(1).sqrt().view(-1, *[1] * (w.dim() - 1)) + 1e-4
    adam.zero_grad()
    with torch.autocast("cpu", torch.bfloat16, enabled=is_bfloat16):
        loss = objective(*draw())
    loss.backward()
    adam.step()
    with torch.no_grad():
        torch._foreach_lerp_(average, parameters, 0.01)


for _ in range(3):
    step()
unused = [path for path, parameter in {**filters, **gains}.items() if parameter.grad is None]
if unused:
    sys.exit(f"Expected a network that uses all of its parameters but it does not use {', '.join(unused)}")
start, images = time.perf_counter(), 0
while time.perf_counter() - start < seconds:
    step()
    images += batch
print(
    json.dumps(
        {
            "version": torch.__version__,
            "imagesPerSecond": images / (time.perf_counter() - start),
        }
    )
)
