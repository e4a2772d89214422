#!/usr/bin/env python3
"""The full M3 update in PyTorch, to hold `ohmba bench update` against: the same network, batch and losses.

Soft actor-critic over Mamba networks: transitions and goals drawn from a replay pool on the device, twin critics (one
batched group of two), actor (its loss also goes through the four members of the neural simulator), temperature,
target averaging, AdamW with clipped gradients. Weights and pool are random: time does not depend on values.

Variants, one line of JSON each:
  eager          the scan loops over time, sequences padded to the longest
  compile        the same, each Mamba mixer and the optimiser's arithmetic under torch.compile
  graph          eager, the whole update replayed as one CUDA graph
  triton         packed sequences; convolution and scan in Triton, forward and backward, states recomputed; CUDA graph
  triton-compile the same with the rest under torch.compile; CUDA graph: the strong peer
The first two also run on a CPU. A variant that fails says why on stderr and prints no line. Several variants run one after
another in processes of their own, each for --limit seconds at most: to compile takes minutes.
"""
import argparse
import json
import math
import subprocess
import sys
import time
import traceback

import torch
import torch.nn.functional as F

from mamba_torch import Batch, loop_mixer, network_weights, run_head, run_network, sizing_features

GAMMA, TAU, CLIP, SHARPNESS, ACTION_SCALE, MARGIN = 0.9, 0.01, 1.0, 40.0, 0.15, 0.01
MEMBERS = 4
REAL, SYNTHETIC, REAL_RATIO = 8192, 4096, 0.5


class Group:
    """Weights of a network and their AdamW moments. All weights lie in one flat tensor; `leaves` are views of it."""

    def __init__(self, weights, rate, clip=CLIP):
        self.names, self.rate, self.clip = list(weights), rate, clip
        self.flat = torch.cat([w.reshape(-1) for w in weights.values()])
        parts = self.flat.split([w.numel() for w in weights.values()])
        self.frozen = {n: part.view(w.shape) for (n, w), part in zip(weights.items(), parts)}
        self.leaves = {n: w.detach().requires_grad_() for n, w in self.frozen.items()}
        self.m, self.v = torch.zeros_like(self.flat), torch.zeros_like(self.flat)
        self.step = torch.zeros((), device=self.flat.device)


def adamw(flat, gradient, m, v, step, rate: float, clip: float):
    """AdamW of the whole flat vector; weight decay is 0 in this update."""
    gradient = gradient * torch.clamp(clip / (torch.linalg.vector_norm(gradient) + 1e-6), max=1.0)
    step.add_(1)
    m.lerp_(gradient, 0.1)
    v.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
    root = torch.sqrt(v / (1 - torch.pow(0.999, step))) + 1e-8
    flat.sub_(rate / (1 - torch.pow(0.9, step)) * m / root)


class Update:
    def __init__(self, o, circuits, device, mixer_of, padded, compiler=None):
        """`compiler` wraps the functions that are to be compiled: (the mixer alone) or the losses whole."""
        self.o, self.device = o, device
        self.batch = Batch(circuits, o.sequences, padded, device)
        b = self.batch
        self.mixer = mixer_of(b)
        size = (o.width, o.state, o.layers)
        self.actor = Group(network_weights(1, *size, {"policy": (o.width, 2)}, device), 1e-3)
        self.critic = Group(network_weights(2, *size, {"value": (2 * o.width, 1)}, device), 2e-3)
        self.target = Group({n: w.clone() for n, w in self.critic.frozen.items()}, 0)
        self.model = Group(network_weights(MEMBERS, *size, {"measure": (o.width, 1), "validity": (o.width, 1)}, device), 0)
        self.temperature = Group({"log_alpha": torch.full((len(circuits),), math.log(0.03), device=device)}, 2e-3, 10.0)
        self.slots, p, k = REAL + SYNTHETIC, b.most_parameters, b.most_specs
        self.fields = [p, p, p, k, k, 1, 1]  # u, action, next u, z, next z, valid, next valid
        pool = torch.rand(len(circuits) * self.slots, sum(self.fields), device=device)
        pool[:, p : 2 * p] = pool[:, p : 2 * p] * 2 - 1
        pool[:, 3 * p : 3 * p + 2 * k] = torch.randn(len(pool), 2 * k, device=device)
        pool[:, -2:] = (pool[:, -2:] < 0.9).float()
        self.pool = pool
        shape = (b.sequences, k)
        self.direction = torch.where(torch.rand(shape, device=device) < 0.5, -1.0, 1.0)
        self.is_log = torch.rand(shape, device=device) < 0.5
        self.center, self.spread = torch.randn(shape, device=device), torch.rand(shape, device=device) + 0.5
        self.easy, self.hard, self.benchmark = (torch.randn(shape, device=device) for _ in range(3))
        self.draws = 3 * b.sequences + b.sequences * k
        whole = compiler if compiler else (lambda f: f)
        self.run_targets, self.run_critic_loss, self.run_actor_loss, self.run_temperature_loss, self.run_adamw = map(
            whole, (self.targets, self.critic_loss, self.actor_loss, self.temperature_loss, adamw)
        )

    def __call__(self):
        b = self.batch
        noise = torch.randn(2, b.sequences, b.most_parameters, device=self.device)
        uniform = torch.rand(self.draws, device=self.device)
        with torch.no_grad():
            now, action, goal, y, reward = self.run_targets(noise[0], uniform)
        loss, q = self.run_critic_loss(self.critic.leaves, now, action, y)
        self.minimise(loss, self.critic)
        actor_loss, density = self.run_actor_loss(self.actor.leaves, self.critic.frozen, now, goal, noise[1])
        self.minimise(actor_loss, self.actor)
        self.minimise(self.run_temperature_loss(self.temperature.leaves["log_alpha"], density), self.temperature)
        self.target.flat.lerp_(self.critic.flat, TAU)
        return loss.detach(), actor_loss.detach(), -density.mean(), q, reward

    def minimise(self, loss, group):
        gradients = torch.autograd.grad(loss, list(group.leaves.values()), allow_unused=True)
        flat = torch.cat([(torch.zeros_like(w) if g is None else g).reshape(-1) for g, w in zip(gradients, group.leaves.values())])
        with torch.no_grad():
            self.run_adamw(group.flat, flat, group.m, group.v, group.step, group.rate, group.clip)

    def targets(self, noise, uniform):
        """Transitions, relabelled, and what the critics should say of them."""
        b = self.batch
        n, k = b.sequences, b.most_specs
        mix, place, kind, goal_place = uniform.split([n, n, n, n * k])
        slot = torch.where(mix > REAL_RATIO, REAL + torch.floor(place * SYNTHETIC), torch.floor(place * REAL)).long()
        rows = self.pool.index_select(0, b.circuit * self.slots + slot)
        u, action, next_u, z, next_z, valid, next_valid = rows.split(self.fields, dim=1)
        kind = kind.unsqueeze(1)
        goal = torch.where(kind < 0.3, torch.lerp(self.easy, self.hard, goal_place.view(n, k)), self.benchmark)
        goal = torch.where(kind > 0.7, next_z, goal)
        offset = torch.where(
            self.is_log, math.log((1 + MARGIN) / (1 - MARGIN)), 2 * MARGIN * (goal * self.spread + self.center).abs()
        )
        goal = goal + offset * self.direction / self.spread
        violation = self.violations(next_z, goal)
        shortfall, met, _ = self.score(violation)
        reward = torch.where(next_valid[:, 0] > 0, shortfall + met, -1.0)
        now = self.state_of(u, z, goal, self.violations(z, goal), valid)
        then = self.state_of(next_u, next_z, goal, violation, next_valid)
        following, density = self.act(self.actor.frozen, then, noise)
        later = self.value(self.target.frozen, then, following).amin(0)
        alpha = self.temperature.frozen["log_alpha"].exp().index_select(0, b.circuit)
        y = reward + (later - alpha * density) * (1 - met * next_valid[:, 0]) * GAMMA
        return now, action, goal, y, reward.mean()

    def critic_loss(self, critic, now, action, y):
        q = self.value(critic, now, action)
        return (q - y).square().mean(), q.detach().mean()

    def actor_loss(self, actor, critic, now, goal, noise):
        b = self.batch
        action, density = self.act(actor, now, noise)
        value = self.value(critic, now, action).amin(0)
        alpha = self.temperature.frozen["log_alpha"].exp().index_select(0, b.circuit)
        loss = (alpha * density - value).mean()
        imagined = (now["u"] + action * ACTION_SCALE).clamp(0, 1)
        hidden = self.network(self.model.frozen, sizing_features(imagined))
        specs = hidden.index_select(1, b.spec_token)
        z = run_head(self.model.frozen, "measure", specs).view(MEMBERS, b.sequences, b.most_specs)
        validity = run_head(self.model.frozen, "validity", hidden.index_select(1, b.last)).squeeze(-1)
        shortfall, _, chance = self.score(self.violations(z, goal))
        loss = loss - (torch.sigmoid(validity) * (shortfall + 0.5 * chance + 1) - 1).mean()
        return loss, density.detach()

    def temperature_loss(self, log_alpha, density):
        b = self.batch  # the entropy aimed at is -1 a parameter
        return -(log_alpha.index_select(0, b.circuit) * (density - b.parameters)).mean()

    def network(self, weights, parameter, spec=None, circuit=None, last_backward=False):
        return run_network(weights, self.o.layers, self.batch, self.mixer, parameter, spec, circuit, last_backward)

    def act(self, actor, state, noise):
        b = self.batch
        hidden = self.network(actor, sizing_features(state["u"]), state["spec"], state["valid"], True)
        out = run_head(actor, "policy", hidden.index_select(1, b.parameter_token)).view(b.sequences, b.most_parameters, 2)
        log_std = torch.tanh(out[..., 1]) * 2.5 - 1.5
        x = out[..., 0] + log_std.exp() * noise
        gaussian = -0.5 * noise.square() - log_std - 0.5 * math.log(2 * math.pi)
        squash = 2 * (math.log(2) - x - F.softplus(-2 * x))
        return torch.tanh(x), ((gaussian - squash) * b.parameter_mask).sum(1)

    def value(self, critic, state, action):
        b = self.batch
        parameter = torch.cat([sizing_features(state["u"]), action.unsqueeze(-1)], dim=-1)
        hidden = self.network(critic, parameter, state["spec"], state["valid"])
        specs = hidden.index_select(1, b.spec_token).view(2, b.sequences, b.most_specs, -1)
        pooled = (specs * b.spec_share.unsqueeze(-1)).sum(2)
        return run_head(critic, "value", torch.cat([hidden.index_select(1, b.last), pooled], dim=-1)).squeeze(-1)

    def state_of(self, u, z, goal, violation, valid):
        return {"u": u, "spec": torch.stack([z * valid, goal, violation * valid], dim=-1), "valid": valid}

    def violations(self, z, goal):
        ratio = torch.tanh((z - goal) * self.spread * 0.5)
        x, g = z * self.spread + self.center, goal * self.spread + self.center
        linear = (x - g) / (x.abs() + g.abs() + 1e-6)
        return torch.where(self.is_log, ratio, linear) * self.direction

    def score(self, violation):
        b = self.batch
        shortfall = (violation.clamp(max=0) * b.spec_share).sum(-1)
        met = (((violation < 0).float() * b.spec_mask).sum(-1) == 0).float()
        return shortfall, met, torch.exp(-(F.softplus(-SHARPNESS * violation) * b.spec_mask).sum(-1))


def captured(update):
    """The update as one CUDA graph."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            update()
    torch.cuda.current_stream().wait_stream(stream)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        update.outputs = update()
    graph.owner = update
    return graph.replay


def measure(step, device, seconds):
    wait = torch.cuda.synchronize if device == "cuda" else (lambda: None)
    for _ in range(3):
        step()
    wait()
    rates, end = [], time.perf_counter() + seconds
    per_round = 1
    while len(rates) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(per_round):
            step()
        wait()
        spent = time.perf_counter() - start
        rates.append(per_round / spent)
        per_round = max(per_round, int(seconds / 10 * rates[-1]))
    return sorted(rates)[len(rates) // 2]


def build(variant, o, circuits, device):
    if variant == "eager":
        return Update(o, circuits, device, loop_mixer, True)
    if variant == "compile":
        update = Update(o, circuits, device, lambda b: torch.compile(loop_mixer(b), dynamic=False), True)
        update.run_adamw = torch.compile(adamw)
        return update
    if variant == "graph":
        return captured(Update(o, circuits, device, loop_mixer, True))
    from mamba_triton import check_mixer, triton_mixer

    check_mixer()
    if variant == "triton":
        return captured(Update(o, circuits, device, triton_mixer, False))
    if variant == "triton-compile":
        return captured(Update(o, circuits, device, triton_mixer, False, lambda f: torch.compile(f, dynamic=False)))
    raise ValueError(f"unknown variant {variant}; expected eager, compile, graph, triton or triton-compile")


def run_apart(variants, limit):
    """Each variant in a process of its own; returns how many of them printed a result."""
    printed = 0
    for variant in variants:
        try:
            printed += subprocess.run([sys.executable, *sys.argv, "--variants", variant], timeout=limit).returncode == 0
        except subprocess.TimeoutExpired:
            print(f"m3_update: variant {variant} was not done after {limit:g} s and is left out", file=sys.stderr)
    return printed


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in dict(width=64, state=16, layers=2, sequences=256, threads=0).items():
        p.add_argument(f"--{name}", type=int, default=value)
    p.add_argument("--circuits", default="7x6,10x6,6x2,6x5", help="parameters x specs of each circuit")
    p.add_argument("--variants", default="", help="comma-separated; default: all that the device can run")
    p.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    p.add_argument("--seconds", type=float, default=3.0)
    p.add_argument("--limit", type=float, default=180.0, help="seconds that each of several variants may take")
    p.add_argument("--tf32", action="store_true", help="matrix products in TF32 (the engine computes in float32)")
    p.add_argument("--compile", action="store_true", help="short for --variants compile")
    o = p.parse_args()
    if o.threads:
        torch.set_num_threads(o.threads)
    cuda = o.device == "cuda"
    if cuda:
        torch.backends.cuda.matmul.allow_tf32 = o.tf32
    if hasattr(torch, "_dynamo"):
        torch._dynamo.config.recompile_limit = 64
    circuits = [tuple(int(n) for n in c.split("x")) for c in o.circuits.split(",")]
    possible = "eager,compile,graph,triton,triton-compile" if cuda else "eager,compile" if hasattr(torch, "compile") else "eager"
    variants = ("compile" if o.compile else o.variants or possible).split(",")
    if len(variants) > 1:
        sys.exit(0 if run_apart(variants, o.limit) else 1)
    [variant] = variants
    torch.manual_seed(1)
    started = time.perf_counter()
    try:
        step = build(variant, o, circuits, o.device)
        rate = measure(step, o.device, o.seconds)
    except Exception:
        traceback.print_exc()
        print(f"m3_update: variant {variant} failed", file=sys.stderr)
        sys.exit(1)
    result = {
        "peer": "PyTorch " + variant,
        "variant": variant,
        "device": torch.cuda.get_device_name() if cuda else "cpu",
        "torch": torch.__version__,
        "version": torch.__version__,
        "blas": "cublas" if cuda else "mkl" if torch.backends.mkl.is_available() else "other",
        "tf32": o.tf32,
        "threads": torch.get_num_threads(),
        "width": o.width,
        "state": o.state,
        "layers": o.layers,
        "sequences": o.sequences,
        "tokens": sum(sum(circuits[i % len(circuits)]) + 2 for i in range(o.sequences)),
        "layout": "packed" if variant.startswith("triton") else "padded",
        "updatesPerSecond": round(rate, 3),
        "preparationSeconds": round(time.perf_counter() - started - o.seconds, 1),
    }
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
