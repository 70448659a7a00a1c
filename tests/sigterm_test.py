#!/usr/bin/env python3
"""sigterm_test -- ten signals at random moments; a thousand: make stress.  And
that its checks notice a line that is lost, there twice, cut or out of order.

    TVN_SEED   the seed; printed, and random when it is not given

The random wait before the signal is the experiment: no result depends on how
long anything takes.
"""
import importlib.machinery
import importlib.util
import os
import pathlib
import random
import sys

from torvyn import ROOT, check_that, done, scratch

STRESS = ROOT / "tests/stress"


def load(name):
    sys.path.insert(0, str(STRESS))
    loader = importlib.machinery.SourceFileLoader(name, str(STRESS / name))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader(name, loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


def main():
    seed = int(os.environ.get("TVN_SEED", random.randrange(1 << 31)))
    print(f"seed {seed}", flush=True)
    sigterm = load("sigterm")
    with scratch() as name:
        folder = pathlib.Path(name)
        try:
            line = sigterm.campaign(folder, 10, seed)
            print(line)
            for flow in sigterm.prepare(folder, [
                    name for name, (_, verify) in sigterm.FLOWS.items()
                    if verify is not None], say=lambda _: None):
                tried = sigterm.notices_tampering(folder, flow)
                check_that(f"{flow}: {tried} ways to tamper", tried > 0)
        except sigterm.Failed as error:
            sys.exit(f"FAILED {error}")
    done("sigterm")


if __name__ == "__main__":
    main()
