"""Anneal's score network, as ../WEIGHTS.md describes it; its parameters are the tensors of a safetensors file.

N images of C channels and H x W pixels, K classes. A filter may have any norm: it is used at a norm of one.
"""
import math

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

def silu(x):
    return F.silu(x) / 0.596

def mp_sum(a, b, t):
    return ((1 - t) * a + t * b) / math.hypot(1 - t, t)

def through_codes(x, most):
    """Maps, rounded to the codes 0 to `most` over their range, which includes 0."""
    low, high = x.min().clamp(max=0), x.max().clamp(min=0)
    scale = ((high - low) / most).clamp_min(1e-20)
    return torch.minimum((x / scale).round(), (low / scale).round() + most) * scale

def through_weights(w, most):
    """Filters [O, I, k, k], rounded to integers of at most `most`, with a scale for each output."""
    scale = (w.abs().amax((1, 2, 3), keepdim=True) / most).clamp_min(1e-20)
    return (w / scale).round() * scale

class Network(nn.Module):
    def __init__(self, file):
        super().__init__()
        with safe_open(file, "pt") as f:
            metadata, tensors = f.metadata(), {path: f.get_tensor(path).clone() for path in f.keys()}
        self.sigma_data, self.bound = float(metadata["sigmaData"]), float(metadata.get("bound", "inf"))
        self.rounding = None  # or the most of "codes" and "weights": rounds as the int8 file will, in the cool-down
        for path in ("fourier.frequencies", "fourier.phases"):
            self.register_buffer(path.replace(".", "/"), tensors.pop(path))  # names in PyTorch have no dots
        self.learned = nn.ParameterDict({path.replace(".", "/"): nn.Parameter(w) for path, w in tensors.items()})
        count = lambda prefix: sum(path.startswith(prefix) and path.endswith(".gain") for path in tensors)
        levels = 1 + sum(path.startswith("down") for path in tensors)
        self.encoders, self.decoders = ([count(f"{side}.{k}.") for k in range(levels)] for side in ("enc", "dec"))

    def save(self, file, metadata):
        bound = {} if self.bound == math.inf else {"bound": f"{self.bound:g}"}
        tensors = {name.removeprefix("learned.").replace("/", "."): w.cpu().clone() for name, w in self.state_dict().items()}
        save_file(tensors, file, {"sigmaData": f"{self.sigma_data:g}", **bound, **metadata})

    def weight(self, path):
        return self.learned[path.replace(".", "/")]

    def unit(self, path):
        w = self.weight(path)
        return w / w.square().sum(tuple(range(1, w.dim())), keepdim=True).sqrt().clamp_min(1e-9)

    @torch.no_grad()
    def normalize_(self, epsilon):
        """Filters to a root mean square of one, at which they are trained: the learning rate means the same for each."""
        for w in self.learned.values():
            if w.dim() > 1:
                w /= w.square().mean(tuple(range(1, w.dim())), keepdim=True).sqrt() + epsilon

    def linear(self, v, path):
        return v @ self.unit(path).T

    def conv(self, x, path):
        w = self.unit(path)
        if path != "in":
            x = x.clamp(-self.bound, self.bound)
            if self.rounding:
                x = x + (through_codes(x, self.rounding["codes"]) - x).detach()  # with the gradient of x
                w = w + (through_weights(w, self.rounding["weights"]) - w).detach()
        return F.conv2d(x, w, padding=w.shape[2] // 2)

    def block(self, x, emb, path):
        factors = 1 + self.weight(f"{path}.gain") * self.linear(emb, f"{path}.emb")
        y = self.conv(silu(x), f"{path}.conv0") * factors[:, :, None, None]
        return mp_sum(x, self.conv(silu(y), f"{path}.conv1"), 0.3)

    def level(self, k, x, emb):
        """Maps [N, D, H / 2^(k+1), W / 2^(k+1)]."""
        for i in range(self.encoders[k]):
            x = self.block(x, emb, f"enc.{k}.{i}")
        skip, below = x, f".{k + 1}" if k else ""
        if k + 1 < len(self.encoders):
            x = self.level(k + 1, self.conv(F.avg_pool2d(x, 2), f"down{below}"), emb)
            x = F.interpolate(self.conv(x, f"up{below}"), scale_factor=2, mode="nearest")
        for i in range(self.decoders[k]):
            x = self.block(mp_sum(x, skip, 0.5) if i == 1 else x, emb, f"dec.{k}.{i}")
        return x

    def features(self, sigma):
        frequencies, phases = (self.get_buffer(f"fourier/{name}") for name in ("frequencies", "phases"))
        return 2**0.5 * torch.cos(2 * math.pi * (sigma.log()[:, None] / 4 * frequencies + phases))

    def log_variance(self, sigma):  # u [N] of the loss
        return (self.weight("logVariance.gain") * self.linear(self.features(sigma), "logVariance"))[:, 0]

    def forward(self, x, sigma, label, change=None):
        """D(x, sigma): x [N, C, H, W], sigma [N], label one-hot [N, K] (zeros: none), change [N, 7] -> [N, C, H, W]."""
        (n, c, h, w), s, d = x.shape, sigma.reshape(-1, 1, 1, 1), self.sigma_data
        variance = s**2 + d**2
        classes = self.linear(label * label.shape[1] ** 0.5, "emb.class") if "emb/class" in self.learned else 0
        emb = mp_sum(self.linear(self.features(sigma), "emb.noise"), classes, 0.5)
        if change is not None:
            emb = emb + self.linear(change * change.shape[1] ** 0.5, "emb.change")
        squares = (x / variance.sqrt()).reshape(n, c, h // 2, 2, w // 2, 2).permute(0, 3, 5, 1, 2, 4).flatten(1, 3)
        maps = self.level(0, self.conv(torch.cat([squares, torch.ones_like(squares[:, :1])], 1), "in"), silu(emb))
        output = (self.weight("out.gain") * self.conv(maps, "out")).unflatten(1, (2, 2, c))
        output = output.permute(0, 3, 4, 1, 5, 2).reshape(x.shape)
        return (x * d**2 + output * s * d * variance.sqrt()) / variance
