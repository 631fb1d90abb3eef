"""Trains a network of Anneal's on a folder that `npx anneal train --prepare` wrote, on any number of processes:

  torchrun --nproc_per_node 2 train.py folder --images 2000000 --out weights.safetensors
  npx anneal train --finish folder --from weights.safetensors --out models/mine

Every number of the recipe is in the folder's config.json; ../WEIGHTS.md says what they mean. B images of H x W pixels, C channels.
"""
import argparse
import copy
import hashlib
import json
import math
import os
import pathlib
import sys
import time

try:
    import torch
    import torch.distributed as dist
    import torch.nn.functional as F
    from safetensors import safe_open
    from safetensors.torch import save_file
    from network import Network
except ImportError as error:
    sys.exit(f"train.py needs {error.name}: pip install -r {pathlib.Path(__file__).with_name('requirements.txt')}")

RANK, WORLD = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
DEVICE = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if torch.cuda.is_available() else torch.device("cpu")
VECTORS = ("weights", "first", "second", "average")  # of a state: Adam's moments, and the average of the weights
MEASURED = 250  # images that are measured at once


def say(*words):
    if RANK == 0:
        print(*words, flush=True)


def seed_of(config, *name):
    return int.from_bytes(hashlib.sha256("/".join(map(str, (config["seed"], *name))).encode()).digest()[:7], "big")


def generator(config, *name, device=DEVICE):
    """Random numbers that are a function of their name: what is resumed, or shared out among other processes, draws the same."""
    return torch.Generator(device).manual_seed(seed_of(config, *name))


class Pictures:
    """uint8 pictures [N, H, W, C] and their classes, in one file or in parts of equal length, which stay on the disk."""

    def __init__(self, folder, name):
        files = sorted(folder.glob(f"{name}.safetensors")) or sorted(folder.glob(f"{name}-*-of-*.safetensors"))
        self.parts, labels = [], []
        for file in files:
            with safe_open(file, "pt") as f:
                self.parts.append(f.get_tensor("pixels"))
                labels.append(f.get_tensor("labels"))
        self.labels = torch.cat(labels).long() if files else torch.empty(0, dtype=torch.long)

    def __len__(self):
        return len(self.labels)

    def at(self, indices):
        """Pictures [B, C, H, W], 0 to 255 as floats, and their classes."""
        length = len(self.parts[0])
        rows = torch.stack([self.parts[i // length][i % length] for i in indices.tolist()])
        return rows.to(DEVICE).permute(0, 3, 1, 2).float(), self.labels[indices].to(DEVICE)


def framed(images, config):
    """Images in the network's image, in -1 to 1; their border repeats outwards."""
    crop, spec = config.get("crop"), config["spec"]
    if crop:
        right, below = spec["width"] - crop["left"] - crop["width"], spec["height"] - crop["top"] - crop["height"]
        images = F.pad(images, (crop["left"], right, crop["top"], below), mode="replicate")
    return images / 127.5 - 1


def drawn_changes(config, count, shape, g):
    """How each image is changed: mirrored, shift across and down, log2 of the scale, degrees, hue in radians: [6, B]."""
    most, share, (height, width) = config["trainer"]["changes"], config["recipe"]["augmentation"], shape[-2:]
    on = (torch.rand(5, count, generator=g, device=DEVICE) < share).float()
    amount = 2 * torch.rand(5, count, generator=g, device=DEVICE) - 1
    mirrored, dx, dy = on[0], on[1] * amount[0] * most["shift"], on[1] * amount[1] * most["shift"]
    scale, degrees, hue = on[2] * amount[2] * most["logScale"], on[3] * amount[3] * most["degrees"], on[4] * amount[4] * math.pi
    if config.get("mirror"):
        mirrored = 0 * mirrored  # half of them are mirrored anyway, which the network is not told
    if config.get("palette"):  # pixels stay whole
        dx, dy, scale, degrees = (dx * width).round() / width, (dy * height).round() / height, 0 * scale, 0 * degrees
    return torch.stack([mirrored, dx, dy, scale, degrees, hue if shape[-3] == 3 else 0 * hue])


def changed(images, changes):
    """Bytes [B, C, H, W] as floats, mirrored, then scaled, turned and shifted (bilinear, the border repeats), then with other hues."""
    mirrored, dx, dy, scale, degrees, hue = changes
    (height, width), size, turn = images.shape[-2:], 2.0**-scale, degrees * math.pi / 180
    cosine, sine = (size * turn.cos())[:, None, None], (size * turn.sin())[:, None, None]
    y, x = torch.meshgrid(*(torch.arange(n, device=images.device, dtype=torch.float32) - (n - 1) / 2 for n in (height, width)), indexing="ij")
    x, y = x - (dx * width)[:, None, None], y - (dy * height)[:, None, None]
    flip = (1 - 2 * mirrored)[:, None, None]
    grid = torch.stack([flip * (cosine * x + sine * y) * 2 / width, (cosine * y - sine * x) * 2 / height], -1)
    images = F.grid_sample(images, grid, padding_mode="border", align_corners=False).round()
    if images.shape[1] == 1:
        return images
    cosine, sine = hue.cos().reshape(-1, 1, 1, 1), hue.sin().reshape(-1, 1, 1, 1) / 3**0.5
    turned = cosine * images + (1 - cosine) * images.mean(1, keepdim=True) + sine * (images[:, [2, 0, 1]] - images[:, [1, 2, 0]])
    return turned.round().clamp(0, 255)


def input_of(changes, most):
    mirrored, dx, dy, scale, degrees, hue = changes
    return torch.stack([mirrored, dx / most["shift"], dy / most["shift"], scale / most["logScale"], degrees / most["degrees"], hue.cos() - 1, hue.sin()], 1)


class Batches:
    """The share of this process in the batch of a step: a function of the seed and the step, on any number of processes."""

    def __init__(self, config, pictures):
        self.config, self.pictures, self.epoch = config, pictures, -1

    def order(self, n):
        """The picture at place n of all epochs: each visits every picture once."""
        epoch, place = divmod(n, len(self.pictures))
        if epoch != self.epoch:
            self.permutation = torch.randperm(len(self.pictures), generator=generator(self.config, "order", epoch, device="cpu"))
            self.epoch = epoch
        return int(self.permutation[place])

    def at(self, step):
        config, recipe, batch = self.config, self.config["recipe"], self.config["batch"]
        mine = slice(RANK * batch // WORLD, (RANK + 1) * batch // WORLD)
        places = range((step - 1) * batch, step * batch)[mine]
        images, classes = self.pictures.at(torch.tensor([self.order(n) for n in places]))
        g = generator(config, "batch", step)
        uniform = lambda: torch.rand(batch, generator=g, device=DEVICE)[mine]
        hidden, turned = uniform() < recipe["labelDropout"], uniform() < 0.5
        label = F.one_hot(classes, config["spec"]["classes"]).float() * ~hidden[:, None]
        if config.get("mirror"):
            images = torch.where(turned[:, None, None, None], images.flip(3), images)
        change = None
        if recipe["augmentation"] > 0:
            changes = drawn_changes(config, batch, images.shape, g)[:, mine]
            images, change = changed(images, changes), input_of(changes, config["trainer"]["changes"])
        clean, noise = framed(images, config), recipe["logSigma"]
        sigma = (noise["mean"] + noise["std"] * torch.randn(batch, generator=g, device=DEVICE)[mine]).exp()
        normal = torch.randn(batch, *clean.shape[1:], generator=g, device=DEVICE)[mine]
        return {"clean": clean, "noise": normal, "sigma": sigma, "label": label, "change": change}


def objective(network, guide, config, batch):
    """The mean of loss / exp(u) + u, and the mean loss. With a guide it learns D_guide + w (D - D_guide) below sigmaMax."""
    clean, sigma, label, change = (batch[name] for name in ("clean", "sigma", "label", "change"))
    noisy = clean + sigma.reshape(-1, 1, 1, 1) * batch["noise"]
    with torch.autocast(DEVICE.type, torch.bfloat16, enabled=DEVICE.type == "cuda"):
        denoised = network(noisy, sigma, label, change)
        target = clean
        if guide is not None:
            guidance = config["recipe"]["guidance"]
            with torch.no_grad():
                share = (1 - 1 / guidance["weight"]) * (sigma <= guidance["sigmaMax"]).float().reshape(-1, 1, 1, 1)
                target = clean + share * (denoised - guide(noisy, sigma, torch.zeros_like(label), change))
    d = network.sigma_data
    loss = (sigma**2 + d**2) / (sigma * d) ** 2 * (denoised - target).float().square().mean((1, 2, 3))
    u = network.log_variance(sigma)
    return (loss / u.exp() + u).mean(), loss.mean().detach()


@torch.no_grad()
def held_out_loss(network, config, pictures):
    """The geometric mean over noise levels of the loss on held-out pictures, with the same noise each time."""
    reports, d = config["trainer"]["reports"], network.sigma_data
    sums, count = torch.zeros(len(reports["sigmas"]), dtype=torch.float64, device=DEVICE), min(reports["images"], len(pictures))
    for draw in range(reports["draws"]):
        for start in range(0, count, MEASURED):
            mine = torch.arange(start, min(start + MEASURED, count))[RANK::WORLD]
            if len(mine) == 0:
                continue
            images, classes = pictures.at(mine)
            clean = framed(images, config)
            g = generator(config, "held-out", draw, start)
            noise = torch.randn(MEASURED, *clean.shape[1:], generator=g, device=DEVICE)[(mine - start).to(DEVICE)]
            label = F.one_hot(classes, config["spec"]["classes"]).float()
            for i, s in enumerate(reports["sigmas"]):
                sigma = torch.full((len(mine),), float(s), device=DEVICE)
                error = (network(clean + s * noise, sigma, label) - clean).double().square().mean((1, 2, 3)).sum()
                sums[i] += (s**2 + d**2) / (s * d) ** 2 * error
    if WORLD > 1:
        dist.all_reduce(sums)
    return float((sums / (count * reports["draws"])).log().mean().exp())


def flattened(network):
    """One vector of all that is learned, of which the network's parameters become views: optimizer and exchange are a line each."""
    parameters = list(network.parameters())
    vector = torch.cat([w.detach().flatten() for w in parameters])
    for w, part in zip(parameters, vector.split([w.numel() for w in parameters])):
        w.data = part.view_as(w)
    return vector


class Trainer:
    def __init__(self, config, network, guide):
        self.config, self.network, self.guide = config, network.to(DEVICE), guide and guide.to(DEVICE).requires_grad_(False)
        self.averaged = copy.deepcopy(self.network).requires_grad_(False)
        self.weights, self.average = flattened(self.network), flattened(self.averaged)
        self.first, self.second, self.gradient = (torch.zeros_like(self.weights) for _ in range(3))
        parameters = list(self.network.parameters())
        for w, part in zip(parameters, self.gradient.split([w.numel() for w in parameters])):
            w.grad = part.view_as(w)

    def step(self, t, rate, batch, cooling):
        """Step t, counted from 1. Returns the mean loss before it."""
        recipe, adam = self.config["recipe"], self.config["recipe"]["adam"]
        rounding, guided = self.config["trainer"]["rounding"], cooling and recipe["guidance"]["weight"] != 1
        self.network.rounding = (rounding["codes"], rounding["weights"]) if cooling else None
        self.network.normalize_(recipe["filterEpsilon"])
        self.gradient.zero_()
        value, loss = objective(self.network, self.guide if guided else None, self.config, batch)
        value.backward()
        if WORLD > 1:  # one message of 7 MB: DistributedDataParallel's buckets overlap nothing worth having in so small a network
            dist.all_reduce(self.gradient)
            dist.all_reduce(loss)
            self.gradient /= WORLD
            loss /= WORLD
        self.first.lerp_(self.gradient, 1 - adam["beta1"])
        self.second.mul_(adam["beta2"]).addcmul_(self.gradient, self.gradient, value=1 - adam["beta2"])
        root = (self.second / (1 - adam["beta2"] ** t)).sqrt_().add_(adam["epsilon"])
        self.weights.addcdiv_(self.first, root, value=-rate / (1 - adam["beta1"] ** t))
        self.average.lerp_(self.weights, 1 - (1 - 1 / t) ** (recipe["averageGamma"] + 1))
        return loss

    def state(self):
        return {name: getattr(self, name).clone() for name in VECTORS}

    def go_on_from(self, state):
        for name in VECTORS:
            getattr(self, name).copy_(state[name])


def rate_at(config, t, cool_down):
    warm_up = config["recipe"]["warmUp"]
    rising = min(warm_up["steps"], config["steps"] * warm_up["share"])
    left = 1 - (t - 1 - cool_down[0]) / cool_down[1] if cool_down else 1
    return config["learningRate"] * min(1, t / rising, left)


def train(config, pictures, held_out, trainer, kept, keep, every):
    """`kept`: the progress that it goes on from. `keep`: called each so many steps with the progress."""
    steps, reports, palette = config["steps"], config["trainer"]["reports"], config.get("palette")
    batches, interval, began, first = Batches(config, pictures), max(1, steps // reports["count"]), time.time(), kept["step"]
    losses = []
    while True:
        cool_down = kept["coolDown"]
        end = sum(cool_down) if cool_down else steps
        if kept["step"] >= end:
            return
        t = kept["step"] = kept["step"] + 1
        losses.append(trainer.step(t, rate_at(config, t, cool_down), batches.at(t), cool_down is not None))
        if t % 50 == 0 or t == end:
            loss = float(torch.stack(losses).mean())
            speed, losses = (t - first) * config["batch"] / (time.time() - began), []
            say(f"step {t} of at most {end}: loss {loss:.4f}, rate {rate_at(config, t, cool_down):.4f}, {speed:.0f} images a second")
            if not math.isfinite(loss):
                sys.exit("The loss is not finite any more: training has diverged; try it with a lower --learning-rate")
        if t == end or (t % interval == 0 and end - t >= interval / 2):
            value = held_out_loss(trainer.averaged, config, held_out)
            kept["losses"].append([t, value])
            stable = [loss for at, loss in kept["losses"] if not cool_down or at <= cool_down[0]]
            best = stable.index(min(stable))
            say(f"held-out loss {value:.4f} after {t * config['batch']} images")
            if not cool_down:
                if palette or best == len(stable) - 1:
                    kept["best"] = trainer.state()
                patience = not palette and len(stable) - 1 - best >= reports["patience"]
                if t < steps and (t >= config["recipe"]["stableShare"] * steps or patience):
                    trainer.go_on_from(kept["best"])
                    kept["coolDown"] = [t, min(steps - t, t)]
                    say(f"cooling down for {kept['coolDown'][1]} steps: the rate falls, int8 rounding and guidance are learned")
        if t % every == 0:
            keep(kept)


def read_state(file, plan):
    with safe_open(file, "pt") as f:
        kept = json.loads(f.metadata()["progress"])
        if kept["plan"] != plan:
            differing = [name for name in plan if plan[name] != kept["plan"].get(name)]
            sys.exit(f"The state in {file} is that of another run, with another {', '.join(differing)}: it goes on as it began")
        states = {group: {name: f.get_tensor(f"{group}/{name}").to(DEVICE) for name in VECTORS if f"{group}/{name}" in f.keys()} for group in ("now", "best")}
    return {**kept, "best": states["best"] or None}, states["now"]


def write_state(file, kept, now):
    """Behind a name of its own until it is whole."""
    progress = json.dumps({name: value for name, value in kept.items() if name != "best"})
    tensors = {f"{group}/{name}": v.cpu() for group, state in (("now", now), ("best", kept["best"] or {})) for name, v in state.items()}
    save_file(tensors, f"{file}.tmp", {"progress": progress})
    os.replace(f"{file}.tmp", file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="what `npx anneal train --prepare` wrote")
    parser.add_argument("--images", type=int, help="training images, with repetition (default: as prepared)")
    parser.add_argument("--batch", type=int, help="images of a step, of all processes together (default: as prepared)")
    parser.add_argument("--learning-rate", type=float, help="(default: as prepared)")
    parser.add_argument("--out", type=pathlib.Path, default="weights.safetensors", help="where the weights go (default: weights.safetensors)")
    parser.add_argument("--keep-every", type=int, default=500, metavar="N", help="keep the state in {out}.state each N steps (default: 500)")
    parser.add_argument("--resume", action="store_true", help="go on from the state in {out}.state, of the same run")
    flags = parser.parse_args()
    if not (flags.folder / "config.json").exists() or not (flags.folder / "start.safetensors").exists():
        parser.error(f"Expected a folder that `npx anneal train --prepare` wrote but received {flags.folder}")
    config = json.loads((flags.folder / "config.json").read_text())
    given = {"images": flags.images, "batch": flags.batch, "learningRate": flags.learning_rate}
    config |= {name: value for name, value in given.items() if value is not None}
    if config["images"] < 1 or config["batch"] < 1 or config["batch"] % WORLD:
        parser.error(f"Expected images, and a batch that {WORLD} processes share, but received --images {config['images']} --batch {config['batch']}")
    config["steps"] = math.ceil(config["images"] / config["batch"])
    state = flags.out.with_name(f"{flags.out.name}.state")
    if flags.resume and not state.exists():
        parser.error(f"Expected the state of a run for --resume in {state}, and there is none")
    if DEVICE.type == "cpu":
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // int(os.environ.get("LOCAL_WORLD_SIZE", 1))))
    else:
        torch.cuda.set_device(DEVICE)
    if WORLD > 1:
        dist.init_process_group("nccl" if DEVICE.type == "cuda" else "gloo")
    pictures, held_out = Pictures(flags.folder, "train"), Pictures(flags.folder, "held-out")
    guide = flags.folder / "guide.safetensors"
    start = flags.folder / "start.safetensors"
    trainer = Trainer(config, Network.load(start), Network.load(guide if guide.exists() else start))
    plan = {"dataSha256": config["dataSha256"], "seed": config["seed"], **{name: config[name] for name in given}}
    kept = {"plan": plan, "step": 0, "coolDown": None, "losses": [], "best": None}
    if flags.resume:
        kept, now = read_state(state, plan)
        trainer.go_on_from(now)
    say(f"{len(pictures)} pictures, {config['steps']} steps of {config['batch']} on {WORLD} x {DEVICE.type}, from step {kept['step']}")
    keep = lambda kept: write_state(state, kept, trainer.state()) if RANK == 0 else None
    train(config, pictures, held_out if len(held_out) else pictures, trainer, kept, keep, flags.keep_every)
    if RANK == 0:
        keep(kept)
        trainer.averaged.normalize_(0)
        images = kept["step"] * config["batch"]
        trainer.averaged.save(flags.out, {"by": f"PyTorch {torch.__version__}", "images": str(images), "split": config["dataSha256"]})
        say(f"wrote {flags.out}; next: npx anneal train --finish {flags.folder} --from {flags.out} --out models/{config['card']['name']}")
    if WORLD > 1:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
