#!/usr/bin/env python3
"""The M3 actor-critic update in plain PyTorch, to hold `ohmba bench update` against.

The same work as the engine's update: an actor, twin critics and their two targets, each a Mamba-1 stack over packed
sequences of one circuit (so all have one length and a batch is [sequences, tokens, width]); temperature; target
averaging; AdamW with clipping. The selective scan loops over time and is vectorised over everything else, as the
slow path of the common implementations. Random data: timing does not depend on values.

Prints one line of JSON. Options: --width --state --layers --tokens --sequences --seconds --threads --compile.
"""
import argparse
import json
import time

import torch
import torch.nn.functional as F
from torch import nn


class Mixer(nn.Module):
    def __init__(self, width, state, expand=2, taps=4):
        super().__init__()
        inner, self.rank, self.state = expand * width, -(-width // 16), state
        self.in_proj = nn.Linear(width, 2 * inner, bias=False)
        self.conv1d = nn.Conv1d(inner, inner, taps, groups=inner, padding=taps - 1)
        self.x_proj = nn.Linear(inner, self.rank + 2 * state, bias=False)
        self.dt_proj = nn.Linear(self.rank, inner)
        self.A_log = nn.Parameter(torch.log(torch.arange(1, state + 1).float()).repeat(inner, 1))
        self.D = nn.Parameter(torch.ones(inner))
        self.out_proj = nn.Linear(inner, width, bias=False)

    def forward(self, tokens):
        length = tokens.shape[1]
        u, z = self.in_proj(tokens).chunk(2, dim=-1)
        u = F.silu(self.conv1d(u.transpose(1, 2))[..., :length]).transpose(1, 2)
        step, b, c = self.x_proj(u).split([self.rank, self.state, self.state], dim=-1)
        delta = F.softplus(self.dt_proj(step))
        decay = torch.exp(delta.unsqueeze(-1) * -torch.exp(self.A_log))
        drive = (delta * u).unsqueeze(-1) * b.unsqueeze(2)
        h = torch.zeros_like(drive[:, 0])
        ys = []
        for t in range(length):
            h = decay[:, t] * h + drive[:, t]
            ys.append((h * c[:, t].unsqueeze(1)).sum(-1))
        y = torch.stack(ys, dim=1) + self.D * u
        return self.out_proj(y * F.silu(z))


class Norm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * self.weight


class Stack(nn.Module):
    def __init__(self, features, outputs, width, state, layers):
        super().__init__()
        self.embed = nn.Linear(features, width)
        self.norms = nn.ModuleList(Norm(width) for _ in range(layers))
        self.mixers = nn.ModuleList(Mixer(width, state) for _ in range(layers))
        self.norm_f = Norm(width)
        self.head = nn.Linear(width, outputs)

    def forward(self, features):
        x = self.embed(features)
        for norm, mixer in zip(self.norms, self.mixers):
            x = x + mixer(norm(x))
        return self.head(self.norm_f(x))


class Update(nn.Module):
    """One soft actor-critic update; the actor reads parameter tokens, a critic pools all tokens."""

    def __init__(self, o):
        super().__init__()
        self.o, self.parameters_of_circuit, self.features = o, 7, 24
        size = (o.width, o.state, o.layers)
        self.actor = Stack(self.features, 2, *size)
        self.critics = nn.ModuleList(Stack(self.features + 1, 1, *size) for _ in range(2))
        self.targets = nn.ModuleList(Stack(self.features + 1, 1, *size) for _ in range(2))
        self.targets.load_state_dict(self.critics.state_dict())
        self.temperature = nn.Parameter(torch.tensor(-3.5))
        self.optimisers = [
            torch.optim.AdamW(group, lr=1e-3)
            for group in (self.actor.parameters(), self.critics.parameters(), [self.temperature])
        ]

    def act(self, tokens):
        mean, spread = self.actor(tokens)[:, : self.parameters_of_circuit].unbind(-1)
        deviation = spread.clamp(-5, 2).exp()
        noise = torch.randn_like(mean)
        raw = mean + deviation * noise
        action = torch.tanh(raw)
        log_density = (-0.5 * noise.square() - deviation.log() - 0.919 - torch.log(1 - action.square() + 1e-6)).sum(-1)
        return action, log_density

    def value(self, critics, tokens, action):
        padded = F.pad(action, (0, tokens.shape[1] - action.shape[1])).unsqueeze(-1)
        joined = torch.cat([tokens, padded], dim=-1)
        return torch.stack([critic(joined).mean(dim=(1, 2)) for critic in critics])

    def forward(self, now, then, action, reward, live):
        with torch.no_grad():
            next_action, density = self.act(then)
            future = self.value(self.targets, then, next_action).amin(0) - self.temperature.exp() * density
            goal = reward + 0.9 * live * future
        self.step(1, (self.value(self.critics, now, action) - goal).square().mean(1).sum(), self.critics.parameters())
        proposed, density = self.act(now)
        advantage = self.value(self.critics, now, proposed).amin(0)
        self.step(0, (self.temperature.exp().detach() * density - advantage).mean(), self.actor.parameters())
        surplus = (density.detach() - self.parameters_of_circuit).mean()
        self.step(2, -self.temperature.exp() * surplus, [self.temperature])
        with torch.no_grad():
            slow, fast = list(self.targets.parameters()), list(self.critics.parameters())
            torch._foreach_mul_(slow, 0.99)
            torch._foreach_add_(slow, fast, alpha=0.01)

    def step(self, which, loss, parameters):
        for optimiser in self.optimisers:
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(parameters), 1.0)
        self.optimisers[which].step()


def main():
    p = argparse.ArgumentParser(description=__doc__)
    for name, value in dict(width=32, state=8, layers=2, tokens=15, sequences=128, threads=0).items():
        p.add_argument(f"--{name}", type=int, default=value)
    p.add_argument("--seconds", type=float, default=8.0)
    p.add_argument("--compile", action="store_true")
    o = p.parse_args()
    if o.threads:
        torch.set_num_threads(o.threads)
    torch.manual_seed(1)
    update = Update(o)
    if o.compile:
        update.actor, update.critics[0], update.critics[1] = map(torch.compile, (update.actor, *update.critics))
    batch = (
        torch.randn(o.sequences, o.tokens, update.features),
        torch.randn(o.sequences, o.tokens, update.features),
        torch.rand(o.sequences, update.parameters_of_circuit) * 2 - 1,
        torch.randn(o.sequences),
        torch.ones(o.sequences),
    )
    for _ in range(2):
        update(*batch)
    count, start = 0, time.perf_counter()
    while count < 3 or time.perf_counter() - start < o.seconds:
        update(*batch)
        count += 1
    seconds = time.perf_counter() - start
    print(
        json.dumps(
            {
                "peer": "PyTorch" + (" torch.compile" if o.compile else " eager"),
                "version": torch.__version__,
                "blas": "mkl" if torch.backends.mkl.is_available() else "other",
                "threads": torch.get_num_threads(),
                "updates": count,
                "seconds": round(seconds, 3),
                "updatesPerSecond": round(count / seconds, 3),
            }
        )
    )


if __name__ == "__main__":
    main()
