"""The selective scan alone in Triton: few long sequences, [batch, length, channels] and 16 or so states.

A program takes some channels of one sequence and walks it in chunks; inside a chunk, states lie across the lanes of a
warp and tokens in registers. The forward pass keeps the state at the start of each chunk when there will be a backward
pass, which computes the states between them again. CUDA only.
"""
import torch
import triton
import triton.language as tl

from mamba_triton import compose, softplus

# Tokens of a chunk, channels of a program, warps, states in so many parts, stages of the loop: what `tune` of
# selective_scan.py found on an H200.
TUNING = {"forward": (16, 8, 1, 4, 1), "backward": (8, 8, 1, 2, 1)}


@triton.jit
def states_of(delta, drive, a, b, start, t):
    """States [T, BC, NP] of a chunk from the state before it, and the decays and drives that they come from."""
    decay = tl.exp(delta[:, :, None] * a[None, :, :])
    x = drive[:, :, None] * b[:, None, :]
    first = (t == 0)[:, None, None]
    _, h = tl.associative_scan((decay, tl.where(first, x + decay * start[None, :, :], x)), 0, compose)
    return h, decay, x


@triton.jit
def row_at(values, t, row):
    return tl.sum(tl.where((t == row)[:, None, None], values, 0.0), 0)


@triton.jit
def forward_part(acc, start, delta, drive, a, bc_at, n, kept_at, inside, t, N: tl.constexpr, T: tl.constexpr, SAVE: tl.constexpr):
    if SAVE:
        tl.store(kept_at + n[None, :], start)
    b = tl.load(bc_at[:, None] + n[None, :], mask=inside[:, None], other=0.0)
    c = tl.load(bc_at[:, None] + N + n[None, :], mask=inside[:, None], other=0.0)
    h, _, _ = states_of(delta, drive, a, b, start, t)
    return acc + h * c[:, None, :], row_at(h, t, T - 1)


@triton.jit
def scan_forward(
    u, raw, a_log, bc, d, y, kept, L, C, chunks,
    N: tl.constexpr, T: tl.constexpr, BC: tl.constexpr, PARTS: tl.constexpr, STAGES: tl.constexpr, SAVE: tl.constexpr,
):
    NP: tl.constexpr = N // PARTS
    s = tl.program_id(1).to(tl.int64)
    c = tl.program_id(0) * BC + tl.arange(0, BC)
    n = tl.arange(0, NP)
    t = tl.arange(0, T)
    skip = tl.load(d + c)[None, :]
    a_at = a_log + c[:, None] * N + n[None, :]
    a0 = -tl.exp(tl.load(a_at))
    h0 = tl.zeros((BC, NP), tl.float32)
    a1 = -tl.exp(tl.load(a_at + NP))
    h1 = tl.zeros((BC, NP), tl.float32)
    if PARTS == 4:
        a2 = -tl.exp(tl.load(a_at + 2 * NP))
        h2 = tl.zeros((BC, NP), tl.float32)
        a3 = -tl.exp(tl.load(a_at + 3 * NP))
        h3 = tl.zeros((BC, NP), tl.float32)
    for chunk in tl.range(0, chunks, num_stages=STAGES):
        row = chunk * T + t
        inside = row < L
        at = (s * L + row)[:, None] * C + c[None, :]
        value = tl.load(u + at, mask=inside[:, None], other=0.0)
        delta = softplus(tl.load(raw + at, mask=inside[:, None], other=0.0))
        drive = delta * value
        bc_at = bc + (s * L + row) * 2 * N
        kept_at = kept + ((s * chunks + chunk) * C + c)[:, None] * N
        acc = tl.zeros((T, BC, NP), tl.float32)
        acc, h0 = forward_part(acc, h0, delta, drive, a0, bc_at, n, kept_at, inside, t, N, T, SAVE)
        acc, h1 = forward_part(acc, h1, delta, drive, a1, bc_at, n + NP, kept_at, inside, t, N, T, SAVE)
        if PARTS == 4:
            acc, h2 = forward_part(acc, h2, delta, drive, a2, bc_at, n + 2 * NP, kept_at, inside, t, N, T, SAVE)
            acc, h3 = forward_part(acc, h3, delta, drive, a3, bc_at, n + 3 * NP, kept_at, inside, t, N, T, SAVE)
        tl.store(y + at, tl.sum(acc, 2) + value * skip, mask=inside[:, None])


@triton.jit
def backward_part(by_a, by_b, carry, da, delta, next_delta, drive, dout, a, bc_at, dbc_at, n, kept_at, inside, more, t, N: tl.constexpr, T: tl.constexpr):
    b = tl.load(bc_at[:, None] + n[None, :], mask=inside[:, None], other=0.0)
    c = tl.load(bc_at[:, None] + N + n[None, :], mask=inside[:, None], other=0.0)
    h, decay, x = states_of(delta, drive, a, b, tl.load(kept_at + n[None, :]), t)
    slope = dout[:, :, None] * c[:, None, :]
    slope = tl.where((t == T - 1)[:, None, None], slope + carry[None, :, :], slope)
    next_decay = tl.where(more[:, None, None], tl.exp(next_delta[:, :, None] * a[None, :, :]), 0.0)
    _, dh = tl.associative_scan((next_decay, slope), 0, compose, reverse=True)
    through = dh * (h - x)
    da += tl.sum(through * delta[:, :, None], 0) * a
    tl.atomic_add(dbc_at[:, None] + n[None, :], tl.sum(dh * drive[:, :, None], 1), mask=inside[:, None], sem="relaxed")
    tl.atomic_add(dbc_at[:, None] + N + n[None, :], tl.sum(dout[:, :, None] * h, 1), mask=inside[:, None], sem="relaxed")
    return by_a + through * a[None, :, :], by_b + dh * b[:, None, :], row_at(decay * dh, t, 0), da


@triton.jit
def scan_backward(
    u, raw, a_log, bc, d, dy, kept, du, draw, da_log, dbc, dd, L, C, chunks,
    N: tl.constexpr, T: tl.constexpr, BC: tl.constexpr, PARTS: tl.constexpr, STAGES: tl.constexpr,
):
    NP: tl.constexpr = N // PARTS
    s = tl.program_id(1).to(tl.int64)
    c = tl.program_id(0) * BC + tl.arange(0, BC)
    n = tl.arange(0, NP)
    t = tl.arange(0, T)
    skip = tl.load(d + c)[None, :]
    a_at = a_log + c[:, None] * N + n[None, :]
    zero = tl.zeros((BC, NP), tl.float32)
    a0 = -tl.exp(tl.load(a_at))
    a1 = -tl.exp(tl.load(a_at + NP))
    g0, g1, da0, da1 = zero, zero, zero, zero
    if PARTS == 4:
        a2 = -tl.exp(tl.load(a_at + 2 * NP))
        a3 = -tl.exp(tl.load(a_at + 3 * NP))
        g2, g3, da2, da3 = zero, zero, zero, zero
    dskip = tl.zeros((BC,), tl.float32)
    for back in tl.range(0, chunks, num_stages=STAGES):
        chunk = chunks - 1 - back
        row = chunk * T + t
        inside = row < L
        # The last row of a chunk hears of later ones through the carry; rows past the end pass zero on.
        more = (t < T - 1) & (row + 1 < L)
        at = (s * L + row)[:, None] * C + c[None, :]
        value = tl.load(u + at, mask=inside[:, None], other=0.0)
        before_softplus = tl.load(raw + at, mask=inside[:, None], other=0.0)
        next_delta = softplus(tl.load(raw + at + C, mask=more[:, None], other=0.0))
        dout = tl.load(dy + at, mask=inside[:, None], other=0.0)
        delta = softplus(before_softplus)
        drive = delta * value
        bc_at, dbc_at = bc + (s * L + row) * 2 * N, dbc + (s * L + row) * 2 * N
        kept_at = kept + ((s * chunks + chunk) * C + c)[:, None] * N
        by_a = tl.zeros((T, BC, NP), tl.float32)
        by_b = tl.zeros((T, BC, NP), tl.float32)
        by_a, by_b, g0, da0 = backward_part(by_a, by_b, g0, da0, delta, next_delta, drive, dout, a0, bc_at, dbc_at, n, kept_at, inside, more, t, N, T)
        by_a, by_b, g1, da1 = backward_part(by_a, by_b, g1, da1, delta, next_delta, drive, dout, a1, bc_at, dbc_at, n + NP, kept_at, inside, more, t, N, T)
        if PARTS == 4:
            by_a, by_b, g2, da2 = backward_part(by_a, by_b, g2, da2, delta, next_delta, drive, dout, a2, bc_at, dbc_at, n + 2 * NP, kept_at, inside, more, t, N, T)
            by_a, by_b, g3, da3 = backward_part(by_a, by_b, g3, da3, delta, next_delta, drive, dout, a3, bc_at, dbc_at, n + 3 * NP, kept_at, inside, more, t, N, T)
        from_b = tl.sum(by_b, 2)
        tl.store(du + at, delta * from_b + dout * skip, mask=inside[:, None])
        tl.store(draw + at, (tl.sum(by_a, 2) + value * from_b) * tl.sigmoid(before_softplus), mask=inside[:, None])
        dskip += tl.sum(dout * value, 0)
    da_at = da_log + c[:, None] * N + n[None, :]
    tl.atomic_add(da_at, da0, sem="relaxed")
    tl.atomic_add(da_at + NP, da1, sem="relaxed")
    if PARTS == 4:
        tl.atomic_add(da_at + 2 * NP, da2, sem="relaxed")
        tl.atomic_add(da_at + 3 * NP, da3, sem="relaxed")
    tl.atomic_add(dd + c, dskip, sem="relaxed")


class Scan:
    """Buffers and launches for one shape; `channels` a multiple of 32, `state` of 4."""

    def __init__(self, u, raw, a_log, bc, d, dy):
        self.u, self.raw, self.a_log, self.bc, self.d, self.dy = u, raw, a_log, bc, d, dy
        self.y, self.du, self.draw = (torch.empty_like(u) for _ in range(3))
        self.dbc, self.da_log, self.dd = torch.empty_like(bc), torch.empty_like(a_log), torch.empty_like(d)
        self.kept = None

    def forward(self, save=False):
        batch, length, channels = self.u.shape
        tokens, width, warps, parts, stages = TUNING["forward"]
        if save:  # at the chunks of the backward pass
            tokens = TUNING["backward"][0]
        chunks, state = triton.cdiv(length, tokens), self.a_log.shape[1]
        if save and (self.kept is None or self.kept.shape[1] != chunks):
            self.kept = self.u.new_empty(batch, chunks, channels, state)
        scan_forward[(channels // width, batch)](
            self.u, self.raw, self.a_log, self.bc, self.d, self.y, self.kept if save else self.y, length, channels, chunks,
            N=state, T=tokens, BC=width, PARTS=parts, STAGES=stages, SAVE=save, num_warps=warps,
        )
        return self.y

    def backward(self):
        batch, length, channels = self.u.shape
        tokens, width, warps, parts, stages = TUNING["backward"]
        for sums in (self.dbc, self.da_log, self.dd):
            sums.zero_()
        scan_backward[(channels // width, batch)](
            self.u, self.raw, self.a_log, self.bc, self.d, self.dy, self.kept, self.du, self.draw, self.da_log, self.dbc, self.dd,
            length, channels, triton.cdiv(length, tokens),
            N=self.a_log.shape[1], T=tokens, BC=width, PARTS=parts, STAGES=stages, num_warps=warps,
        )

    def both(self):
        self.forward(save=True)
        self.backward()
