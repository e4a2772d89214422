#!/usr/bin/env python3
"""The selective scan alone in PyTorch and Triton, to hold `ohmba bench scan` against.

y = scan(softplus(delta), A, B, C) u + D u, float32, channels last, no gate. Bytes count each input and output once:
forward u, delta, B, C in and y out; the backward pass u, delta, B, C, dy in and du, ddelta, dB, dC out (A and D are
small). `copyShare` is that rate over the rate of a device copy measured in the same run, bytes read plus bytes written.

Prints one line of JSON for each variant, length and pass. Variants: triton (CUDA), mamba_ssm (where it is installed),
eager and compile (a loop over time; on a CPU).
"""
import argparse
import json
import statistics
import sys
import time
import traceback

import torch
import torch.nn.functional as F


def loop_scan(u, raw, a_log, bc, d):
    delta, a = F.softplus(raw), -torch.exp(a_log)
    b, c = bc.chunk(2, dim=-1)
    drive = delta * u
    h, ys = u.new_zeros(u.shape[0], u.shape[2], a.shape[1]), []
    for t in range(u.shape[1]):
        h = torch.exp(delta[:, t].unsqueeze(-1) * a) * h + drive[:, t].unsqueeze(-1) * b[:, t].unsqueeze(1)
        ys.append((h * c[:, t].unsqueeze(1)).sum(-1))
    return torch.stack(ys, dim=1) + d * u


def random_inputs(batch, length, width, state, device):
    u, raw, dy = (torch.randn(batch, length, width, device=device) for _ in range(3))
    a_log = torch.log(torch.arange(1, state + 1, device=device).float()).repeat(width, 1)
    return u, raw.sub_(2), a_log, torch.randn(batch, length, 2 * state, device=device), torch.ones(width, device=device), dy


def check_scan():
    """Holds the Triton scan, values and all gradients, against the plain loop in float64."""
    from scan_triton import Scan

    for length in (1, 16, 77, 130):
        *inputs, dy = random_inputs(2, length, 64, 16, "cuda")
        scan = Scan(*inputs, dy)
        alone = scan.forward().clone()
        scan.both()
        leaves = [x.double().requires_grad_() for x in inputs]
        y = loop_scan(*leaves)
        wanted = torch.autograd.grad(y, leaves, dy.double())
        names = ("y", "y kept", "du", "ddelta", "dA_log", "dB dC", "dD")
        got = (alone, scan.y, scan.du, scan.draw, scan.da_log, scan.dbc, scan.dd)
        for name, ours, theirs in zip(names, got, (y, y, *wanted)):
            error = ((ours - theirs).norm() / (theirs.norm() + 0.1)).item()  # dA is 0 at length 1
            assert error < 2e-5, f"{name}, length {length}: relative error {error:.2e}; expected below 2e-5"


def seconds_of(step, device, budget=0.3):
    """Median seconds of a call."""
    if device == "cpu":
        step()
        times, end = [], time.perf_counter() + budget
        while len(times) < 3 or time.perf_counter() < end:
            start = time.perf_counter()
            step()
            times.append(time.perf_counter() - start)
        return statistics.median(times)
    from triton.testing import do_bench

    return do_bench(step, warmup=30, rep=int(budget * 1000), return_mode="median") / 1000


def copy_bandwidth(device):
    """Bytes read plus written a second by a large copy."""
    a = torch.randn((1 << 29) if device == "cuda" else (1 << 25), device=device)
    b = torch.empty_like(a)
    return 2 * a.numel() * 4 / seconds_of(lambda: b.copy_(a), device)


def tune():
    """Tries the kernels' launch options at length 2,048 and keeps the fastest."""
    import scan_triton

    scan = scan_triton.Scan(*random_inputs(8, 2048, 1024, 16, "cuda"))
    shapes = [(8, 1), (32, 4)]
    for kind, choices in (
        ("forward", [(t, *s, p, g) for t in (8, 16) for s in shapes for p in (2, 4) for g in (1, 2)]),
        ("backward", [(t, *s, p, 1) for t in (8, 16) for s in shapes for p in (2, 4)]),
    ):
        timed = []
        for choice in choices:
            scan_triton.TUNING[kind] = choice
            try:
                step = scan.forward if kind == "forward" else scan.backward
                if kind == "backward":
                    scan.forward(save=True)
                timed.append((seconds_of(step, "cuda", 0.05), choice))
            except Exception as error:
                print(f"selective_scan: {kind} {choice}: {error}", file=sys.stderr)
        timed.sort()
        scan_triton.TUNING[kind] = timed[0][1]
        print(f"selective_scan: {kind}", [(round(s * 1e6, 1), c) for s, c in timed], file=sys.stderr)


def steps_of(variant, inputs, dy):
    """Functions that run the forward pass and both passes."""
    if variant == "triton":
        from scan_triton import Scan

        scan = Scan(*inputs, dy)
        return scan.forward, scan.both
    if variant == "mamba_ssm":
        from mamba_ssm.ops.selective_scan_interface import selective_scan_fn

        u, raw, a_log, bc, d = inputs
        last = [x.transpose(1, 2).contiguous() for x in (u, raw, *bc.chunk(2, dim=-1))]
        leaves = [x.requires_grad_() for x in (*last, -torch.exp(a_log), d)]
        slope = dy.transpose(1, 2).contiguous()

        def run():
            return selective_scan_fn(leaves[0], leaves[1], leaves[4], leaves[2], leaves[3], leaves[5], delta_softplus=True)
    else:
        leaves, slope = [x.requires_grad_() for x in inputs], dy
        scan = torch.compile(loop_scan, dynamic=False) if variant == "compile" else loop_scan

        def run():
            return scan(*leaves)

    def forward():
        with torch.no_grad():
            run()

    return forward, lambda: torch.autograd.grad(run(), leaves, slope)


def main():
    cuda = torch.cuda.is_available()
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--batch", type=int, default=8 if cuda else 1)
    p.add_argument("--width", type=int, default=1024 if cuda else 128)
    p.add_argument("--state", type=int, default=16)
    p.add_argument("--lengths", default="512,2048,8192,65536" if cuda else "128,512")
    p.add_argument("--variants", default="triton,mamba_ssm" if cuda else "eager")
    p.add_argument("--device", default="cuda" if cuda else "cpu")
    p.add_argument("--threads", type=int, default=0)
    p.add_argument("--tune", action="store_true", help="look for the fastest launch options first (a minute)")
    o = p.parse_args()
    if o.threads:
        torch.set_num_threads(o.threads)
    variants, printed = o.variants.split(","), 0
    if "triton" in variants:
        check_scan()
        if o.tune:
            tune()
            check_scan()
    bandwidth = copy_bandwidth(o.device)
    for variant in variants:
        for length in (int(n) for n in o.lengths.split(",")):
            try:
                *inputs, dy = random_inputs(o.batch, length, o.width, o.state, o.device)
                passes = zip(("forward", "forward+backward"), steps_of(variant, inputs, dy))
                for name, step in passes:
                    rows = o.batch * length
                    forward_bytes = 4 * rows * (3 * o.width + 2 * o.state)
                    count = forward_bytes + (0 if name == "forward" else 4 * rows * (5 * o.width + 4 * o.state))
                    spent = seconds_of(step, o.device)
                    result = {
                        "peer": "PyTorch " + variant, "variant": variant, "pass": name,
                        "device": torch.cuda.get_device_name() if o.device == "cuda" else "cpu",
                        "torch": torch.__version__, "batch": o.batch, "length": length, "width": o.width, "state": o.state,
                        "microseconds": round(spent * 1e6, 1), "gigabytesPerSecond": round(count / spent / 1e9, 1),
                        "copyGigabytesPerSecond": round(bandwidth / 1e9, 1), "copyShare": round(count / spent / bandwidth, 4),
                    }
                    print(json.dumps(result), flush=True)
                    printed += 1
            except ModuleNotFoundError as missing:
                print(f"selective_scan: {variant} left out: {missing}", file=sys.stderr)
                break
            except Exception:
                traceback.print_exc()
    sys.exit(0 if printed else 1)


if __name__ == "__main__":
    main()
