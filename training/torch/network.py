"""Anneal's score network in PyTorch: the network of ../WEIGHTS.md, whose parameters are the tensors of a safetensors file.

N images of H x W pixels, C channels, K classes; a filter may have any norm and is used at a norm of one.
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


def straight_through(x, rounded):
    """`rounded`, with the gradient of x."""
    return x + (rounded - x).detach()


def through_codes(x, most):
    """Maps after rounding to the codes 0 to `most` over their own range, which includes 0."""
    low, high = x.min().clamp(max=0), x.max().clamp(min=0)
    scale = ((high - low) / most).clamp_min(1e-20)
    return torch.minimum((x / scale).round(), (low / scale).round() + most) * scale


def through_weights(w, most):
    """Filters after rounding to integers of at most `most`, with a scale for each output."""
    scale = (w.abs().amax((1, 2, 3), keepdim=True) / most).clamp_min(1e-20)
    return (w / scale).round() * scale


class Network(nn.Module):
    def __init__(self, tensors, sigma_data, bound):
        """`tensors`: by their paths in the file. `bound`: of what quantized convolutions read."""
        super().__init__()
        self.sigma_data, self.bound = sigma_data, bound
        self.rounding = None  # or (most code, most weight): rounds as the int8 file will, while the run cools down
        for path in ("fourier.frequencies", "fourier.phases"):
            self.register_buffer(path.replace(".", "_"), tensors[path])
        # A name in PyTorch cannot have a dot.
        self.weights = nn.ParameterDict({path.replace(".", "/"): nn.Parameter(w) for path, w in tensors.items() if path[:8] != "fourier."})
        count = lambda side, k: sum(path.startswith(f"{side}.{k}.") and path.endswith(".gain") for path in tensors)
        self.blocks = [{side: count(side, k) for side in ("enc", "dec")} for k in range(len(tensors)) if count("enc", k)]

    @classmethod
    def load(cls, file):
        with safe_open(file, "pt") as f:
            tensors, metadata = {path: f.get_tensor(path).clone() for path in f.keys()}, f.metadata() or {}
        return cls(tensors, float(metadata["sigmaData"]), float(metadata.get("bound", "inf")))

    def tensors(self):
        """By their paths in the file."""
        learned = {name.replace("/", "."): w for name, w in self.weights.items()}
        return {"fourier.frequencies": self.fourier_frequencies, "fourier.phases": self.fourier_phases, **learned}

    def save(self, file, metadata):
        bound = {} if self.bound == math.inf else {"bound": f"{self.bound:g}"}
        tensors = {path: w.detach().float().cpu().clone() for path, w in self.tensors().items()}
        save_file(tensors, file, {"sigmaData": f"{self.sigma_data:g}", **bound, **metadata})

    @torch.no_grad()
    def normalize_(self, epsilon):
        """Filters to a root mean square of one: as they are trained, the learning rate means the same for each of them."""
        for w in self.weights.values():
            if w.dim() > 1:
                w /= w.square().mean(tuple(range(1, w.dim())), keepdim=True).sqrt() + epsilon

    def has(self, path):
        return path.replace(".", "/") in self.weights

    def gain(self, path):
        return self.weights[path.replace(".", "/")]

    def unit(self, path):
        w = self.gain(path)
        return w / w.square().sum(tuple(range(1, w.dim())), keepdim=True).sqrt().clamp_min(1e-9)

    def linear(self, v, path):
        return v @ self.unit(path).T

    def conv(self, x, path):
        w = self.unit(path)
        if path != "in":
            x = x.clamp(-self.bound, self.bound)
            if self.rounding:
                codes, weights = self.rounding
                x, w = straight_through(x, through_codes(x, codes)), straight_through(w, through_weights(w, weights))
        return F.conv2d(x, w, padding=w.shape[2] // 2)

    def block(self, x, emb, path):
        factors = 1 + self.gain(f"{path}.gain") * self.linear(emb, f"{path}.emb")
        y = self.conv(silu(x), f"{path}.conv0") * factors[:, :, None, None]
        return mp_sum(x, self.conv(silu(y), f"{path}.conv1"), 0.3)

    def level(self, k, x, emb):
        """Maps of 1 / 2^(k+1) of the image's size."""
        for i in range(self.blocks[k]["enc"]):
            x = self.block(x, emb, f"enc.{k}.{i}")
        skip, below = x, f".{k + 1}" if k else ""
        if k + 1 < len(self.blocks):
            inner = self.level(k + 1, self.conv(F.avg_pool2d(x, 2), f"down{below}"), emb)
            x = F.interpolate(self.conv(inner, f"up{below}"), scale_factor=2, mode="nearest")
        for i in range(self.blocks[k]["dec"]):
            x = self.block(mp_sum(x, skip, 0.5) if i == 1 else x, emb, f"dec.{k}.{i}")
        return x

    def features(self, sigma):
        turns = sigma.log()[:, None] / 4 * self.fourier_frequencies + self.fourier_phases
        return 2**0.5 * torch.cos(2 * math.pi * turns)

    def log_variance(self, sigma):
        """u(sigma) [N] of the loss."""
        return (self.gain("logVariance.gain") * self.linear(self.features(sigma), "logVariance"))[:, 0]

    def forward(self, x, sigma, label, change=None):
        """D(x, sigma): x [N, C, H, W], sigma [N], label one-hot [N, K] (zeros: none), change [N, 7] -> [N, C, H, W]."""
        (n, c, h, w), s, d = x.shape, sigma.reshape(-1, 1, 1, 1), self.sigma_data
        variance = s**2 + d**2
        classes = self.linear(label * label.shape[1] ** 0.5, "emb.class") if self.has("emb.class") else 0
        emb = mp_sum(self.linear(self.features(sigma), "emb.noise"), classes, 0.5)
        if change is not None:
            emb = emb + self.linear(change * change.shape[1] ** 0.5, "emb.change")
        pixels = (x / variance.sqrt()).reshape(n, c, h // 2, 2, w // 2, 2).permute(0, 3, 5, 1, 2, 4).reshape(n, 4 * c, h // 2, w // 2)
        maps = self.level(0, self.conv(torch.cat([pixels, torch.ones_like(pixels[:, :1])], 1), "in"), silu(emb))
        output = (self.gain("out.gain") * self.conv(maps, "out")).reshape(n, 2, 2, c, h // 2, w // 2)
        output = output.permute(0, 3, 4, 1, 5, 2).reshape(x.shape)
        return (x * d**2 + output * s * d * variance.sqrt()) / variance
