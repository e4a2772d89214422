"""The networks of the M3 update in PyTorch: what actor, twin critics and neural simulator are made of.

Weights of `members` networks are stacked in front, [members, inputs, outputs], so that a group of networks is one
batched product. Rows are tokens of all sequences, either packed one after the other or padded to the longest.
"""
import math

import torch
import torch.nn.functional as F

STATIC_FEATURES = 57  # what the engine describes a token with
SIZING_FEATURES = 4
PARAMETER_COLUMNS = SIZING_FEATURES + 1  # and the action, which only critics read
INPUT_COLUMNS = PARAMETER_COLUMNS + 3 + 1  # three of a spec, one of the circuit
TAPS = 4


class Batch:
    """Where everything is: sequences of several circuits, tokens circuit + parameters + specs + circuit.

    Parameters and specs are [sequences, most parameters] and [sequences, most specs] with a mask; tokens are rows.
    """

    def __init__(self, circuits, sequences, padded, device):
        counts = [sequences // len(circuits) + (i < sequences % len(circuits)) for i in range(len(circuits))]
        kinds = [c for c, count in enumerate(counts) for _ in range(count)]
        lengths = [sum(circuits[c]) + 2 for c in kinds]
        self.circuits, self.sequences, self.longest = circuits, sequences, max(lengths)
        self.most_parameters, self.most_specs = (max(c[i] for c in circuits) for i in (0, 1))
        self.tokens, self.padded = sum(lengths), padded
        starts, at = [], 0
        for length in lengths:
            starts.append(at)
            at += self.longest if padded else length
        self.starts, self.lengths, self.rows = starts, lengths, at
        p, k = self.most_parameters, self.most_specs
        nothing = sequences * (p + k + 1)  # the row of zeros after all inputs
        source, reverse = [nothing] * at, list(range(at))
        parameter_token, spec_token = [0] * (sequences * p), [0] * (sequences * k)
        for s, (c, start, length) in enumerate(zip(kinds, starts, lengths)):
            for i in range(circuits[c][0]):
                parameter_token[s * p + i] = start + 1 + i
                source[start + 1 + i] = s * p + i
            for i in range(circuits[c][1]):
                spec_token[s * k + i] = start + 1 + circuits[c][0] + i
                source[spec_token[s * k + i]] = sequences * p + s * k + i
            source[start + length - 1] = sequences * (p + k) + s
            for i in range(length):
                reverse[start + i] = start + length - 1 - i

        def index(values):
            return torch.tensor(values, dtype=torch.int64, device=device)

        self.circuit = index(kinds)
        self.source, self.reverse = index(source), index(reverse)
        self.parameter_token, self.spec_token = index(parameter_token), index(spec_token)
        self.last = index([a + b - 1 for a, b in zip(starts, lengths)])
        size = torch.tensor([circuits[c] for c in kinds], device=device)
        self.parameters = size[:, 0].float()
        self.parameter_mask = (torch.arange(p, device=device) < size[:, :1]).float()
        self.spec_mask = (torch.arange(k, device=device) < size[:, 1:]).float()
        self.spec_share = self.spec_mask / size[:, 1:]
        self.static = torch.randn(at, STATIC_FEATURES, device=device) * 0.5


def network_weights(members, width, state, layers, heads, device):
    """Weights of one network by name. `heads`: name -> (inputs, outputs)."""
    inner, rank = 2 * width, -(-width // 16)

    def linear(inputs, outputs, gain=1.0):
        return (torch.rand(members, inputs, outputs, device=device) * 2 - 1) * gain / math.sqrt(inputs)

    weights = {"embed": linear(STATIC_FEATURES + INPUT_COLUMNS, width), "norm_f": torch.ones(members, 1, width, device=device)}
    for layer in range(layers):
        step = torch.exp(math.log(0.05) + torch.rand(members, 1, inner, device=device) * math.log(0.8 / 0.05))
        weights.update(
            {
                f"{layer}.norm": torch.ones(members, 1, width, device=device),
                f"{layer}.in_proj": linear(width, 2 * inner),
                f"{layer}.conv": linear(TAPS, inner),
                f"{layer}.conv_bias": torch.zeros(members, 1, inner, device=device),
                f"{layer}.x_proj": linear(inner, rank + 2 * state),
                f"{layer}.dt_proj": linear(rank, inner),
                f"{layer}.dt_bias": step + torch.log(-torch.expm1(-step)),
                f"{layer}.A_log": torch.log(torch.arange(1, state + 1, device=device).float()).repeat(members, inner, 1),
                f"{layer}.D": torch.ones(members, 1, inner, device=device),
                f"{layer}.out_proj": linear(inner, width, 1 / math.sqrt(layers)),
            }
        )
    for name, (inputs, outputs) in heads.items():
        weights[f"{name}.hidden"], weights[f"{name}.hidden_bias"] = linear(inputs, width), torch.zeros(members, 1, width, device=device)
        weights[f"{name}.out"], weights[f"{name}.out_bias"] = linear(width, outputs), torch.zeros(members, 1, outputs, device=device)
    return weights


def loop_mixer(batch):
    """A Mamba mixer in plain PyTorch over padded rows: a loop over time, everything else at once."""

    def mix(tokens, in_proj, conv, conv_bias, x_proj, dt_proj, dt_bias, a_log, d, out_proj, backward):
        members, rows, _ = tokens.shape
        length, inner = batch.longest, out_proj.shape[1]
        state, rank = a_log.shape[2], dt_proj.shape[1]
        if backward:
            tokens = tokens.index_select(1, batch.reverse)
        x, z = torch.bmm(tokens, in_proj).view(members, -1, length, 2 * inner).chunk(2, dim=-1)
        x = F.pad(x, (0, 0, TAPS - 1, 0))
        u = conv_bias.unsqueeze(1)
        for tap in range(TAPS):
            u = u + x[:, :, tap : tap + length] * conv[:, None, tap : tap + 1]
        u = F.silu(u)
        selection = torch.bmm(u.reshape(members, rows, inner), x_proj)
        delta = F.softplus(torch.bmm(selection[..., :rank], dt_proj) + dt_bias).view(members, -1, length, inner)
        b, c = selection[..., rank:].view(members, -1, length, 2 * state).chunk(2, dim=-1)
        a = -torch.exp(a_log)[:, None]
        drive = delta * u
        h, ys = None, []
        for t in range(length):
            new = drive[:, :, t].unsqueeze(-1) * b[:, :, t].unsqueeze(2)
            h = new if h is None else torch.exp(delta[:, :, t].unsqueeze(-1) * a) * h + new
            ys.append((h * c[:, :, t].unsqueeze(2)).sum(-1))
        y = (torch.stack(ys, dim=2) + d.unsqueeze(1) * u) * F.silu(z)
        out = torch.bmm(y.reshape(members, rows, inner), out_proj)
        return out.index_select(1, batch.reverse) if backward else out

    return mix


def rms_norm(x, weight):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * weight


MIXER_WEIGHTS = ("in_proj", "conv", "conv_bias", "x_proj", "dt_proj", "dt_bias", "A_log", "D", "out_proj")


def run_network(weights, layers, batch, mixer, parameter, spec=None, circuit=None, last_backward=False):
    """Hidden tokens [members, rows, width] of what changes: parameter [S, P, ≤5], spec [S, K, 3], circuit [S, 1]."""
    parts = [(parameter, 0), (spec, PARAMETER_COLUMNS), (circuit, INPUT_COLUMNS - 1)]
    sizes = [batch.sequences * batch.most_parameters, batch.sequences * batch.most_specs, batch.sequences]
    columns = []
    for (values, before), size in zip(parts, sizes):
        if values is None:
            columns.append(parameter.new_zeros(size, INPUT_COLUMNS))
        else:
            values = values.reshape(size, -1)
            columns.append(F.pad(values, (before, INPUT_COLUMNS - before - values.shape[1])))
    changing = F.pad(torch.cat(columns), (0, 0, 0, 1)).index_select(0, batch.source)
    embed = weights["embed"]
    x = torch.cat([batch.static, changing], dim=1)
    hidden = torch.bmm(x.expand(embed.shape[0], -1, -1), embed)
    for layer in range(layers):
        normed = rms_norm(hidden, weights[f"{layer}.norm"])
        backward = last_backward and layer == layers - 1
        hidden = hidden + mixer(normed, *(weights[f"{layer}.{name}"] for name in MIXER_WEIGHTS), backward)
    return rms_norm(hidden, weights["norm_f"])


def run_head(weights, name, x):
    inner = F.silu(torch.baddbmm(weights[f"{name}.hidden_bias"], x, weights[f"{name}.hidden"]))
    return torch.baddbmm(weights[f"{name}.out_bias"], inner, weights[f"{name}.out"])


def sizing_features(u):
    centred = 2 * u - 1
    return torch.stack([centred, torch.exp(4 * (u - 1)), torch.exp(-4 * u), centred * centred], dim=-1)
