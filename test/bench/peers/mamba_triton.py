"""The Mamba mixer over packed sequences with its convolution and selective scan in Triton, and a backward pass by hand.

Whole sequences are put into tiles of rows (a power of two); a tile is scanned by an associative scan along its rows, in
registers, one state at a time, restarting where a sequence starts. Kept from the forward pass are only what the matrix
products read; the states h and the convolution are computed again in the backward pass. Softplus, D and the gate are
part of the scan. CUDA only.
"""
import torch
import triton
import triton.language as tl

from mamba_torch import MIXER_WEIGHTS, Batch, loop_mixer, network_weights

# Channels a program takes, and its warps: the fastest of a dozen choices at width 64, state 16 on an H200.
TUNING = {"forward": (16, 1), "backward": (8, 1), "convolution": (32, 2)}


@triton.jit
def compose(a1, b1, a2, b2):
    return a1 * a2, a2 * b1 + b2


@triton.jit
def softplus(x):
    return tl.where(x > 20.0, x, tl.log(1.0 + tl.exp(x)))


@triton.jit
def rows_of(tiles, before_first, after_last, tile, T: tl.constexpr, BACK: tl.constexpr):
    """Rows of a tile, their mask, and how many tokens of the sequence are read before and after each."""
    start = tl.load(tiles + 2 * tile)
    row = start + tl.arange(0, T)
    inside = row < tl.load(tiles + 2 * tile + 1)
    first = tl.load(before_first + row, mask=inside, other=0)
    last = tl.load(after_last + row, mask=inside, other=0)
    if BACK:
        return row, inside, last, first
    else:
        return row, inside, first, last


@triton.jit
def convolution_forward(x, weight, bias, u, tiles, first, last, R, C, T: tl.constexpr, BC: tl.constexpr, BACK: tl.constexpr):
    g = tl.program_id(2)
    row, inside, before, after = rows_of(tiles, first, last, tl.program_id(0), T, BACK)
    c = tl.program_id(1) * BC + tl.arange(0, BC)
    ok = inside[:, None] & (c < C)[None, :]
    total = tl.zeros((T, BC), tl.float32) + tl.load(bias + g * C + c, mask=c < C, other=0.0)[None, :]
    for back in tl.static_range(4):
        source = row + back if BACK else row - back
        tap = tl.load(weight + (g * 4 + 3 - back) * C + c, mask=c < C, other=0.0)
        value = tl.load(x + (g * R + source)[:, None] * 2 * C + c[None, :], mask=ok & (before >= back)[:, None], other=0.0)
        total += value * tap[None, :]
    tl.store(u + (g * R + row)[:, None] * C + c[None, :], total * tl.sigmoid(total), mask=ok)


@triton.jit
def convolution_backward(
    x, weight, bias, du, dx, dweight, dbias, tiles, first, last, R, C,
    T: tl.constexpr, BC: tl.constexpr, BACK: tl.constexpr, WEIGHTS: tl.constexpr,
):
    g = tl.program_id(2)
    row, inside, before, after = rows_of(tiles, first, last, tl.program_id(0), T, BACK)
    c = tl.program_id(1) * BC + tl.arange(0, BC)
    ok = inside[:, None] & (c < C)[None, :]
    shift = tl.load(bias + g * C + c, mask=c < C, other=0.0)
    result = tl.zeros((T, BC), tl.float32)
    for ahead in tl.static_range(4):
        # The sum before SiLU at the row `ahead` tokens on, which has read this row through tap 3 - ahead.
        there = row - ahead if BACK else row + ahead
        seen = ok & (after >= ahead)[:, None]
        total = tl.zeros((T, BC), tl.float32) + shift[None, :]
        for back in tl.static_range(4):
            source = there + back if BACK else there - back
            tap = tl.load(weight + (g * 4 + 3 - back) * C + c, mask=c < C, other=0.0)
            value = tl.load(
                x + (g * R + source)[:, None] * 2 * C + c[None, :], mask=seen & (before + ahead >= back)[:, None], other=0.0
            )
            total += value * tap[None, :]
        gate = tl.sigmoid(total)
        slope = tl.load(du + (g * R + there)[:, None] * C + c[None, :], mask=seen, other=0.0) * gate * (1.0 + total * (1.0 - gate))
        result += slope * tl.load(weight + (g * 4 + 3 - ahead) * C + c, mask=c < C, other=0.0)[None, :]
        if WEIGHTS:
            here = tl.load(x + (g * R + row)[:, None] * 2 * C + c[None, :], mask=ok, other=0.0)
            tl.atomic_add(dweight + (g * 4 + 3 - ahead) * C + c, tl.sum(slope * here, 0), mask=c < C, sem="relaxed")
            if ahead == 0:
                tl.atomic_add(dbias + g * C + c, tl.sum(slope, 0), mask=c < C, sem="relaxed")
    tl.store(dx + (g * R + row)[:, None] * 2 * C + c[None, :], result, mask=ok)


@triton.jit
def scan_forward(
    u, raw, bias, a_log, bc, d, z, y, tiles, first, last, R, C, BC_STRIDE, RANK,
    N: tl.constexpr, T: tl.constexpr, BC: tl.constexpr, BACK: tl.constexpr,
):
    g = tl.program_id(2)
    row, inside, before, after = rows_of(tiles, first, last, tl.program_id(0), T, BACK)
    c = tl.program_id(1) * BC + tl.arange(0, BC)
    ok = inside[:, None] & (c < C)[None, :]
    at = (g * R + row)[:, None] * C + c[None, :]
    delta = softplus(tl.load(raw + at, mask=ok, other=0.0) + tl.load(bias + g * C + c, mask=c < C, other=0.0)[None, :])
    value = tl.load(u + at, mask=ok, other=0.0)
    drive = delta * value
    out = value * tl.load(d + g * C + c, mask=c < C, other=0.0)[None, :]
    b_at = bc + (g * R + row) * BC_STRIDE + RANK
    going = (before > 0)[:, None]
    for n in range(N):
        a = -tl.exp(tl.load(a_log + (g * C + c) * N + n, mask=c < C, other=0.0))
        decay = tl.where(going, tl.exp(delta * a[None, :]), 0.0)
        b = tl.load(b_at + n, mask=inside, other=0.0)
        _, h = tl.associative_scan((decay, drive * b[:, None]), 0, compose, reverse=BACK)
        out += h * tl.load(b_at + N + n, mask=inside, other=0.0)[:, None]
    gate = tl.load(z + (g * R + row)[:, None] * 2 * C + C + c[None, :], mask=ok, other=0.0)
    tl.store(y + at, out * gate * tl.sigmoid(gate), mask=ok)


@triton.jit
def scan_backward(
    u, raw, bias, a_log, bc, d, z, dy, du, draw, dbias, da_log, dbc, dd, dz, tiles, first, last, R, C, BC_STRIDE, RANK,
    N: tl.constexpr, T: tl.constexpr, BC: tl.constexpr, BACK: tl.constexpr, FORE: tl.constexpr, WEIGHTS: tl.constexpr, ONE: tl.constexpr,
):
    g = tl.program_id(2)
    row, inside, before, after = rows_of(tiles, first, last, tl.program_id(0), T, BACK)
    c = tl.program_id(1) * BC + tl.arange(0, BC)
    known = c < C
    ok = inside[:, None] & known[None, :]
    at = (g * R + row)[:, None] * C + c[None, :]
    next_at = (g * R + (row - 1 if BACK else row + 1))[:, None] * C + c[None, :]
    shift = tl.load(bias + g * C + c, mask=known, other=0.0)[None, :]
    before_softplus = tl.load(raw + at, mask=ok, other=0.0) + shift
    delta = softplus(before_softplus)
    more = (after > 0)[:, None]
    next_delta = softplus(tl.load(raw + next_at, mask=ok & more, other=0.0) + shift)
    value = tl.load(u + at, mask=ok, other=0.0)
    z_at = (g * R + row)[:, None] * 2 * C + C + c[None, :]
    gate = tl.load(z + z_at, mask=ok, other=0.0)
    open = tl.sigmoid(gate)
    slope = tl.load(dy + at, mask=ok, other=0.0)
    dout = slope * gate * open
    skip = tl.load(d + g * C + c, mask=known, other=0.0)[None, :]
    out, dvalue = value * skip, dout * skip
    ddelta = tl.zeros((T, BC), tl.float32)
    b_at = (g * R + row) * BC_STRIDE + RANK
    going = (before > 0)[:, None]
    for n in range(N):
        a = -tl.exp(tl.load(a_log + (g * C + c) * N + n, mask=known, other=0.0))[None, :]
        b = tl.load(bc + b_at + n, mask=inside, other=0.0)[:, None]
        cc = tl.load(bc + b_at + N + n, mask=inside, other=0.0)[:, None]
        decay = tl.where(going, tl.exp(delta * a), 0.0)
        drive = delta * value * b
        _, h = tl.associative_scan((decay, drive), 0, compose, reverse=BACK)
        out += h * cc
        next_decay = tl.where(more, tl.exp(next_delta * a), 0.0)
        _, dh = tl.associative_scan((next_decay, dout * cc), 0, compose, reverse=FORE)
        kept = dh * (h - drive)  # dh · decay · h of the token before
        ddelta += kept * a + dh * value * b
        dvalue += dh * delta * b
        db = tl.sum(dh * delta * value, 1)
        dc = tl.sum(dout * h, 1)
        if ONE:
            tl.store(dbc + b_at + n, db, mask=inside)
            tl.store(dbc + b_at + N + n, dc, mask=inside)
        else:
            tl.atomic_add(dbc + b_at + n, db, mask=inside, sem="relaxed")
            tl.atomic_add(dbc + b_at + N + n, dc, mask=inside, sem="relaxed")
        if WEIGHTS:
            da = tl.sum(kept * delta * a, 0)
            tl.atomic_add(da_log + (g * C + c) * N + n, da, mask=known, sem="relaxed")
    raw_slope = tl.where(ok, ddelta * tl.sigmoid(before_softplus), 0.0)
    tl.store(draw + at, raw_slope, mask=ok)
    tl.store(du + at, dvalue, mask=ok)
    tl.store(dz + z_at, slope * out * open * (1.0 + gate * (1.0 - open)), mask=ok)
    if WEIGHTS:
        tl.atomic_add(dbias + g * C + c, tl.sum(raw_slope, 0), mask=known, sem="relaxed")
        tl.atomic_add(dd + g * C + c, tl.sum(dout * value, 0), mask=known, sem="relaxed")


def launch(kernel, kind, tensors, tiles, first, last, members, rows, inner, tile, *more, **options):
    channels, warps = TUNING[kind]
    channels = min(channels, triton.next_power_of_2(inner))
    grid = (tiles.shape[0], triton.cdiv(inner, channels), members)
    kernel[grid](*tensors, tiles, first, last, rows, inner, *more, T=tile, BC=channels, num_warps=warps, **options)


Tensor = torch.Tensor


def weight_slope(x, slope, parts=16):
    """x transposed times slope, [members, inputs, outputs], the sum over rows split: alone, cuBLAS leaves the card idle."""
    members, rows, _ = x.shape
    split = rows - rows % parts
    x_parts, slope_parts = (t[:, :split].reshape(members * parts, split // parts, t.shape[2]) for t in (x, slope))
    total = torch.bmm(x_parts.mT, slope_parts).view(members, parts, x.shape[2], slope.shape[2]).sum(1)
    return total if split == rows else total.baddbmm_(x[:, split:].mT, slope[:, split:])


@torch.library.custom_op("m3_peer::mixer", mutates_args=())
def mixer(
    tokens: Tensor, in_proj: Tensor, conv: Tensor, conv_bias: Tensor, x_proj: Tensor, dt_proj: Tensor, dt_bias: Tensor,
    a_log: Tensor, d: Tensor, out_proj: Tensor, tiles: Tensor, first: Tensor, last: Tensor, tile: int, backward: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    members, rows, _ = tokens.shape
    inner, state, rank = a_log.shape[1], a_log.shape[2], dt_proj.shape[1]
    where = (tiles, first, last, members, rows, inner, tile)
    xz = torch.bmm(tokens, in_proj)
    u = tokens.new_empty(members, rows, inner)
    launch(convolution_forward, "convolution", (xz, conv, conv_bias, u), *where, BACK=backward)
    selection = torch.bmm(u, x_proj)
    raw = torch.bmm(selection[..., :rank], dt_proj)
    y = torch.empty_like(u)
    launch(scan_forward, "forward", (u, raw, dt_bias, a_log, selection, d, xz, y), *where, rank + 2 * state, rank, N=state, BACK=backward)
    return torch.bmm(y, out_proj), xz, u, selection, raw, y


@mixer.register_fake
def _(tokens, in_proj, conv, conv_bias, x_proj, dt_proj, dt_bias, a_log, d, out_proj, tiles, first, last, tile, backward):
    members, rows, width = tokens.shape
    inner = a_log.shape[1]
    sizes = (width, 2 * inner, inner, x_proj.shape[2], inner, inner)
    return tuple(tokens.new_empty(members, rows, size) for size in sizes)


@torch.library.custom_op("m3_peer::mixer_backward", mutates_args=())
def mixer_backward(
    dout: Tensor, tokens: Tensor, in_proj: Tensor, conv: Tensor, conv_bias: Tensor, x_proj: Tensor, dt_proj: Tensor,
    dt_bias: Tensor, a_log: Tensor, d: Tensor, out_proj: Tensor, tiles: Tensor, first: Tensor, last: Tensor,
    xz: Tensor, u: Tensor, selection: Tensor, raw: Tensor, y: Tensor, tile: int, backward: bool, weights: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    members, rows, _ = tokens.shape
    inner, state, rank = a_log.shape[1], a_log.shape[2], dt_proj.shape[1]
    where = (tiles, first, last, members, rows, inner, tile)
    dout = dout.contiguous()
    dy = torch.bmm(dout, out_proj.mT)
    one = min(TUNING["backward"][0], triton.next_power_of_2(inner)) >= inner
    dxz, du, draw = torch.empty_like(xz), torch.empty_like(u), torch.empty_like(raw)
    dselection = torch.empty_like(selection) if one else torch.zeros_like(selection)
    small = (conv, conv_bias, dt_bias, a_log, d)
    # Sums over rows are added up in one buffer, cleared at once.
    sums = torch.zeros(sum(w.numel() for w in small) if weights else 1, device=u.device)
    parts = [p.view(w.shape) for p, w in zip(sums.split([w.numel() for w in small]), small)] if weights else [sums] * 5
    dconv, dconv_bias, ddt_bias, da_log, dd = parts
    launch(
        scan_backward, "backward",
        (u, raw, dt_bias, a_log, selection, d, xz, dy, du, draw, ddt_bias, da_log, dselection, dd, dxz),
        *where, rank + 2 * state, rank, N=state, BACK=backward, FORE=not backward, WEIGHTS=weights, ONE=one,
    )
    dselection[..., :rank] = torch.bmm(draw, dt_proj.mT)
    du = du.baddbmm_(dselection, x_proj.mT)
    launch(convolution_backward, "convolution", (xz, conv, conv_bias, du, dxz, dconv, dconv_bias), *where, BACK=backward, WEIGHTS=weights)
    dtokens = torch.bmm(dxz, in_proj.mT)
    if not weights:
        return (dtokens, *(u.new_empty(0) for _ in range(9)))
    return (
        dtokens, weight_slope(tokens, dxz), dconv.clone(), dconv_bias.clone(), weight_slope(u, dselection),
        weight_slope(selection[..., :rank], draw), ddt_bias.clone(), da_log.clone(), dd.clone(), weight_slope(y, dout),
    )


@mixer_backward.register_fake
def _(dout, tokens, *tensors_and_flags):
    weights = tensors_and_flags[-1]
    if weights:
        return (torch.empty_like(tokens), *(torch.empty_like(w, memory_format=torch.contiguous_format) for w in tensors_and_flags[:9]))
    return (torch.empty_like(tokens), *(tokens.new_empty(0) for _ in range(9)))


def keep(ctx, inputs, output):
    *tensors, ctx.tile, ctx.reads_backward = inputs
    ctx.save_for_backward(*tensors, *output[1:])
    ctx.set_materialize_grads(False)


def backward(ctx, dout, *_):
    weights = any(ctx.needs_input_grad[1:10])
    slopes = mixer_backward(dout, *ctx.saved_tensors, ctx.tile, ctx.reads_backward, weights)
    return (slopes[0], *(slopes[1:] if weights else [None] * 9), None, None, None, None, None)


mixer.register_autograd(backward, setup_context=keep)


def triton_mixer(batch, tile=32):
    """The mixer of a packed batch; same arguments as `loop_mixer`'s."""
    tile = max(tile, triton.next_power_of_2(batch.longest))
    tiles = []
    for start, length in zip(batch.starts, batch.lengths):
        if tiles and start + length - tiles[-1][0] <= tile:
            tiles[-1][1] = start + length
        else:
            tiles.append([start, start + length])
    device = batch.source.device

    def index(values):
        return torch.tensor(values, dtype=torch.int32, device=device)

    where = (
        index(tiles),
        index([i for length in batch.lengths for i in range(length)]),
        index([length - 1 - i for length in batch.lengths for i in range(length)]),
    )

    def mix(tokens, *weights_and_direction):
        *weights, reads_backward = weights_and_direction
        return mixer(tokens, *weights, *where, tile, reads_backward)[0]

    return mix


def check_mixer(members=2, width=48, state=8):
    """Holds the Triton mixer, values and all gradients, against the plain loop in float64."""
    allowed = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.manual_seed(0)
    circuits = [(7, 6), (1, 1), (17, 6), (3, 2)]
    packed, padded = (Batch(circuits, 37, p, "cuda") for p in (False, True))
    row = torch.cat([torch.arange(s, s + n) for s, n in zip(padded.starts, padded.lengths)]).cuda()
    weights = network_weights(members, width, state, 1, {}, "cuda")
    leaves = [weights[f"0.{name}"] + 0.1 * torch.randn_like(weights[f"0.{name}"]) for name in MIXER_WEIGHTS]
    tokens, cotangent = (torch.randn(members, packed.rows, width, device="cuda") for _ in range(2))
    for reads_backward in (False, True):
        ours = [t.clone().requires_grad_() for t in (tokens, *leaves)]
        out = triton_mixer(packed)(*ours, reads_backward)
        slopes = torch.autograd.grad(out, ours, cotangent)
        theirs = [t.double().requires_grad_() for t in (tokens, *leaves)]
        spread = torch.zeros(members, padded.rows, width, device="cuda", dtype=torch.float64).index_copy(1, row, theirs[0])
        wanted = loop_mixer(padded)(spread, *theirs[1:], reads_backward).index_select(1, row)
        wanted_slopes = torch.autograd.grad(wanted, theirs, cotangent.double())
        for name, got, want in zip(("out", "tokens", *MIXER_WEIGHTS), (out, *slopes), (wanted, *wanted_slopes)):
            error = ((got - want).norm() / want.norm()).item()
            assert error < 2e-5, f"{name}, backward {reads_backward}: relative error {error:.2e}; expected below 2e-5"
    torch.backends.cuda.matmul.allow_tf32 = allowed
