"""Trains a network of Anneal's on a folder that `npx anneal train --prepare` wrote, on any number of processes:

  torchrun --nproc_per_node 2 train.py folder --images 2000000 --out weights.safetensors
  npx anneal train --finish folder --from weights.safetensors --out models/mine

The recipe's numbers are in the folder's config.json; ../WEIGHTS.md says what they mean. B images of C H W values, K classes.
"""
import argparse, copy, functools, hashlib, itertools, json, math, os, pathlib, sys, time

try:
    import torch
    from safetensors import safe_open
    from network import F, Network
except ImportError as error:
    sys.exit(f"train.py needs {error.name}: pip install -r {pathlib.Path(__file__).with_name('requirements.txt')}")
NAMES, DEFAULTS = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"), (0, 1, 0, 1)  # torchrun's
RANK, WORLD, LOCAL_RANK, LOCAL_WORLD = (int(os.environ.get(name, default)) for name, default in zip(NAMES, DEFAULTS))
DEVICE = torch.device("cuda", LOCAL_RANK) if torch.cuda.is_available() else torch.device("cpu")
say = functools.partial(print, flush=True, file=open(os.devnull, "w") if RANK else None)

def generator(seed, *name, device=DEVICE):
    """Random numbers by their name: a run that is resumed, or shared among other processes, draws the same."""
    digest = hashlib.sha256("/".join(map(str, (seed, *name))).encode()).digest()
    return torch.Generator(device).manual_seed(int.from_bytes(digest[:7], "big"))

class Pictures:
    """uint8 pictures [N, H, W, C] and their classes, in one file or in parts of equal length, which stay on the disk."""
    def __init__(self, folder, name):
        files = sorted(folder.glob(f"{name}.safetensors")) or sorted(folder.glob(f"{name}-*-of-*.safetensors"))
        opened = [safe_open(file, "pt") for file in files]
        self.parts = [file.get_tensor("pixels") for file in opened]
        self.labels = torch.cat([torch.empty(0), *(file.get_tensor("labels") for file in opened)]).long()

    def at(self, indices, config):
        """Bytes [B, C, H, W] as floats, and one-hot classes [B, K]."""
        length = len(self.parts[0])
        images = torch.stack([self.parts[i // length][i % length] for i in indices])
        labels = F.one_hot(self.labels[list(indices)], config["spec"]["classes"])
        return images.to(DEVICE).permute(0, 3, 1, 2).float(), labels.to(DEVICE).float()

def framed(images, config):
    """Bytes [B, C, h, w] in the network's image [B, C, H, W], in -1 to 1; their border repeats outwards."""
    return F.pad(images, config["trainer"]["border"], mode="replicate") / 127.5 - 1

def draw_changes(config, count, g):
    """Changes [6, B]: mirrored, shift across and down, log2 of the scale, degrees, hue; what the network is told [B, 7]."""
    most, used, steps = (torch.tensor(values, device=DEVICE)[:, None] for values in config["trainer"]["changes"].values())
    on = (torch.rand(5, count, generator=g, device=DEVICE) < config["recipe"]["augmentation"])[[0, 1, 1, 2, 3, 4]]
    amount = 2 * torch.rand(6, count, generator=g, device=DEVICE) - 1
    amount[0] = 1
    changes = most * used * on * amount
    changes[1:3] = torch.where(steps > 0, (changes[1:3] * steps).round() / steps, changes[1:3])  # pixels stay whole
    return changes, torch.cat([changes[:5] / most[:5], changes[5:].cos() - 1, changes[5:].sin()]).T

def changed(images, changes):
    """Bytes [B, C, H, W], mirrored, then scaled, turned and shifted (bilinear, borders repeat), then with other hues."""
    mirrored, dx, dy, scale, degrees, hue = changes[:, :, None, None]
    (height, width), size, turn = images.shape[2:], 2.0**-scale, degrees * math.pi / 180
    cosine, sine = size * turn.cos(), size * turn.sin()
    from_middle = lambda n: torch.arange(n, device=images.device, dtype=torch.float32) - (n - 1) / 2
    x, y = from_middle(width) - dx * width, from_middle(height)[:, None] - dy * height
    grid = [(1 - 2 * mirrored) * (cosine * x + sine * y) * 2 / width, (cosine * y - sine * x) * 2 / height]
    images = F.grid_sample(images, torch.stack(grid, -1), padding_mode="border", align_corners=False).round()
    cosine, sine = hue.cos()[:, None], hue.sin()[:, None] / 3**0.5
    grey, around = images.mean(1, keepdim=True), images.roll(1, 1) - images.roll(-1, 1)
    return (cosine * images + (1 - cosine) * grey + sine * around).round().clamp(0, 255)

@functools.lru_cache(2)
def order(seed, epoch, count):  # of an epoch, which visits each picture once
    return torch.randperm(count, generator=generator(seed, "order", epoch, device="cpu")).tolist()

def batch_at(config, pictures, step):
    """The share of this process in the batch of a step: a function of the seed and the step."""
    batch, seed, count = config["batch"], config["seed"], len(pictures.labels)
    levels, dropout = config["recipe"]["logSigma"], config["recipe"]["labelDropout"]
    mine, g = slice(RANK * batch // WORLD, (RANK + 1) * batch // WORLD), generator(seed, "batch", step)
    numbers = range((step - 1) * batch, step * batch)[mine]
    images, label = pictures.at([order(seed, n // count, count)[n % count] for n in numbers], config)
    hidden, turned = torch.rand(2, batch, 1, generator=g, device=DEVICE)[:, mine]
    images = torch.where(turned[:, :, None, None] < config.get("mirror", False) / 2, images.flip(3), images)
    changes, told = draw_changes(config, batch, g)
    clean = framed(changed(images, changes[:, mine]), config)
    sigma = (levels["mean"] + levels["std"] * torch.randn(batch, generator=g, device=DEVICE)[mine]).exp()
    noise = torch.randn(batch, *clean.shape[1:], generator=g, device=DEVICE)[mine]
    return {"clean": clean, "noise": noise, "sigma": sigma, "label": label * (hidden >= dropout), "change": told[mine]}

def objective(network, guide, config, batch):
    """The mean of loss / exp(u) + u, and the mean loss. With a guide, D becomes D_guide + w (D - D_guide)."""
    target, sigma, label, change = (batch[name] for name in ("clean", "sigma", "label", "change"))
    noisy = target + sigma.reshape(-1, 1, 1, 1) * batch["noise"]
    with torch.autocast(DEVICE.type, torch.bfloat16, enabled=DEVICE.type == "cuda"):
        denoised = network(noisy, sigma, label, change)
        if guide:
            guidance = config["recipe"]["guidance"]
            share = (1 - 1 / guidance["weight"]) * (sigma <= guidance["sigmaMax"]).float().reshape(-1, 1, 1, 1)
            with torch.no_grad():
                target = target + share * (denoised - guide(noisy, sigma, torch.zeros_like(label), change))
    d, error, u = network.sigma_data, (denoised - target).float().square().mean((1, 2, 3)), network.log_variance(sigma)
    loss = (sigma**2 + d**2) / (sigma * d) ** 2 * error
    return (loss / u.exp() + u).mean(), loss.mean().detach()

@torch.no_grad()
def held_out_loss(network, config, pictures):
    """The geometric mean over noise levels of the loss on held-out pictures, with the same noise each time."""
    reports, count = config["trainer"]["reports"], min(config["trainer"]["reports"]["images"], len(pictures.labels))
    sums = torch.zeros(len(reports["sigmas"]), device=DEVICE)
    if RANK < count:
        images, label = pictures.at(range(count)[RANK::WORLD], config)
        batch = {"clean": framed(images, config), "label": label, "change": None}
        for draw, (i, level) in itertools.product(range(reports["draws"]), enumerate(reports["sigmas"])):
            g = generator(config["seed"], "held-out", draw)
            batch["noise"] = torch.randn(count, *batch["clean"].shape[1:], generator=g, device=DEVICE)[RANK::WORLD]
            batch["sigma"] = torch.full((len(images),), float(level), device=DEVICE)
            sums[i] += objective(network, None, config, batch)[1] * len(images)
    if WORLD > 1:
        torch.distributed.all_reduce(sums)
    return float((sums / (count * reports["draws"])).log().mean().exp())

class Run:
    def __init__(self, config, folder, plan):
        start, guide, adam = folder / "start.safetensors", folder / "guide.safetensors", config["recipe"]["adam"]
        self.config, self.pictures, self.held_out = config, Pictures(folder, "train"), Pictures(folder, "held-out")
        self.network, self.average = Network(start).to(DEVICE), Network(start).to(DEVICE).requires_grad_(False)
        self.guide = Network(guide if guide.exists() else start).to(DEVICE)
        self.adam = torch.optim.Adam(self.network.parameters(), betas=(adam["beta1"], adam["beta2"]), eps=adam["epsilon"])
        self.progress = {"plan": plan, "step": 0, "coolDown": None, "losses": [], "best": None}

    def state(self):
        return copy.deepcopy({name: getattr(self, name).state_dict() for name in ("network", "average", "adam")})

    def load(self, state):
        for name, values in copy.deepcopy(state).items():
            getattr(self, name).load_state_dict(values)

    def end(self):
        return sum(self.progress["coolDown"] or [self.config["steps"]])

    def rate(self, t):
        warm_up, cool_down = self.config["recipe"]["warmUp"], self.progress["coolDown"]
        rising = t / min(warm_up["steps"], self.config["steps"] * warm_up["share"])
        return self.config["learningRate"] * min(1, rising, 1 - (t - 1 - cool_down[0]) / cool_down[1] if cool_down else 1)

    def step(self, t):
        """Step t, counted from 1. Returns the mean loss of this process before it."""
        recipe, cooling = self.config["recipe"], self.progress["coolDown"]
        self.network.rounding = self.config["trainer"]["rounding"] if cooling else None
        self.network.normalize_(recipe["filterEpsilon"])
        self.adam.zero_grad()
        guide = self.guide if cooling and recipe["guidance"]["weight"] != 1 else None
        value, loss = objective(self.network, guide, self.config, batch_at(self.config, self.pictures, t))
        (value / WORLD).backward()
        if WORLD > 1:  # one message of 7 MB: in so small a network, DistributedDataParallel has nothing to overlap it with
            gradients = [w.grad for w in self.network.parameters() if w.grad is not None]
            message = torch.nn.utils.parameters_to_vector(gradients)
            torch.distributed.all_reduce(message)
            torch.nn.utils.vector_to_parameters(message, gradients)
        self.adam.param_groups[0]["lr"] = self.rate(t)
        self.adam.step()
        for a, w in zip(self.average.parameters(), self.network.parameters()):
            a.lerp_(w.detach(), 1 - (1 - 1 / t) ** (recipe["averageGamma"] + 1))
        self.progress["step"] = t
        return float(loss)

    def report(self, t):
        """Measures; keeps the best state, from which it begins to cool down in time."""
        config, progress = self.config, self.progress
        value = held_out_loss(self.average, config, self.held_out if self.held_out.parts else self.pictures)
        say(f"step {t}: held-out loss {value:.4f}")
        if progress["coolDown"]:
            return
        losses = progress["losses"] = [*progress["losses"], value]
        since = 0 if config.get("palette") else len(losses) - 1 - losses.index(min(losses))  # it still improves
        if since == 0:
            progress["best"] = self.state()
        is_late, patience = t >= config["recipe"]["stableShare"] * config["steps"], config["trainer"]["reports"]["patience"]
        if t < config["steps"] and (is_late or since >= patience):
            self.load(progress["best"])
            progress["coolDown"] = [t, min(config["steps"] - t, t)]
            say(f"cooling down for {progress['coolDown'][1]} steps: the rate falls; int8 rounding and guidance are learned")

    def train(self, file, every):
        interval, began, losses = max(1, self.config["steps"] // self.config["trainer"]["reports"]["count"]), time.time(), []
        while self.progress["step"] < self.end():
            t = self.progress["step"] + 1
            losses.append(self.step(t))
            if not math.isfinite(losses[-1]):
                sys.exit("The loss is not finite: training has diverged. Try a lower learningRate in config.json")
            if len(losses) == 50 or t == self.end():
                loss, speed = sum(losses) / len(losses), len(losses) * self.config["batch"] / (time.time() - began)
                say(f"step {t}/{self.end()}: loss {loss:.4f}, rate {self.rate(t):.5f}, {speed:.0f} images/s")
                began, losses = time.time(), []
            if t == self.end() or (t % interval == 0 and self.end() - t >= interval / 2):
                self.report(t)
            if RANK == 0 and (t % every == 0 or t == self.end()):  # behind a name of its own until it is whole
                torch.save({**self.progress, "now": self.state()}, f"{file}.tmp")
                os.replace(f"{file}.tmp", file)

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="what `npx anneal train --prepare` wrote")
    parser.add_argument("--images", type=int, help="training images, with repetition (default: as prepared)")
    parser.add_argument("--batch", type=int, help="images of a step, of all processes together (default: as prepared)")
    parser.add_argument("--out", type=pathlib.Path, default="weights.safetensors", help="the weights' file")
    parser.add_argument("--keep-every", type=int, default=500, metavar="N", help="keep the state in {out}.state each N steps")
    parser.add_argument("--resume", action="store_true", help="go on from {out}.state, of the same run")
    flags = parser.parse_args()
    folder, state = flags.folder, flags.out.with_name(f"{flags.out.name}.state")
    for file in (folder / "config.json", folder / "start.safetensors", *([state] if flags.resume else [])):
        if not file.exists():
            parser.error(f"Expected a folder that --prepare wrote, and the run's state for --resume, but there is no {file}")
    config = json.loads((folder / "config.json").read_text())
    config |= {name: value for name, value in (("images", flags.images), ("batch", flags.batch)) if value is not None}
    images, batch = config["images"], config["batch"]
    if images < 1 or batch < 1 or batch % WORLD:
        parser.error(f"Expected --images, and a --batch that {WORLD} processes share, but received {images} and {batch}")
    config["steps"] = math.ceil(images / batch)
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // LOCAL_WORLD))
    if DEVICE.type == "cuda":
        torch.cuda.set_device(DEVICE)
    if WORLD > 1:
        torch.distributed.init_process_group("nccl" if DEVICE.type == "cuda" else "gloo")
    plan = {name: config[name] for name in ("dataSha256", "seed", "images", "batch", "learningRate")}
    run = Run(config, folder, plan)
    if flags.resume:
        run.progress = torch.load(state, DEVICE, weights_only=True)
        if run.progress["plan"] != plan:
            parser.error(f"Expected the run in {state}, of {run.progress['plan']}, for --resume but received {plan}")
        run.load(run.progress.pop("now"))
    say(f"{len(run.pictures.labels)} pictures, {WORLD} x {DEVICE.type}, batch {batch}, step {run.progress['step']}/{config['steps']}")
    run.train(state, flags.keep_every)
    if RANK == 0:
        run.average.normalize_(0)
        seen, split = str(run.progress["step"] * batch), config["dataSha256"]
        run.average.save(flags.out, {"by": f"PyTorch {torch.__version__}", "images": seen, "split": split})
        say(f"Next: npx anneal train --finish {folder} --from {flags.out} --out models/{config['card']['name']}")
    if WORLD > 1:  # until the first process has written the weights
        torch.distributed.barrier()
if __name__ == "__main__":
    main()
