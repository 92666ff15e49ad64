"""How well the engine guesses what a household buys new. Run: python -m bench.ranking"""

from time import perf_counter

import numpy as np

from bench.ranking.figures import NAMES, interval, per_household
from bench.ranking.households import Task, read_lines, task
from campaigns.deciding.affinity import EASE, POPULARITY, AffinityModel, fit, fit_method


def main() -> None:
    households = task(read_lines())
    print(f"{int(households.new.any(axis=1).sum())} households judged, {len(households.matrix.families)} categories")
    started = perf_counter()
    models = {
        "popularity": fit_method(households.purchases, POPULARITY),
        "EASE": fit(households.purchases, methods=EASE),
        "Sodate": fit(households.purchases),
    }
    print(f"fitted and validated inside the training weeks in {perf_counter() - started:.1f} s")
    found = {name: _figures(model, households) for name, model in models.items()}
    found = {"random": _at_random(households), **found}
    print(f"\n{'':12}" + "".join(f"{name:>12}" for name in NAMES))
    for name, figures in found.items():
        method = models[name].method.label if name in models else ""
        print(f"{name:12}" + "".join(f"{figure:12.4f}" for figure in figures.mean(axis=0)) + f"   {method}")
    print("\nSodate minus the other, with a paired 95 % bootstrap interval")
    for other in ("popularity", "EASE"):
        _print_difference(other, found["Sodate"] - found[other])


def _figures(model: AffinityModel, households: Task) -> np.ndarray:
    scores = model.scores(households.matrix, [""] * len(households.matrix.accounts))
    return per_household(scores, households.matrix.owned, households.new)


def _at_random(households: Task) -> np.ndarray:
    scores = np.random.default_rng(20170101).random(households.new.shape)
    return per_household(scores, households.matrix.owned, households.new)


def _print_difference(other: str, difference: np.ndarray) -> None:
    low, high = interval(difference)
    for place, name in enumerate(NAMES):
        mean = difference[:, place].mean()
        print(f"  {other:12}{name:>10}  {mean:+.4f}  [{low[place]:+.4f}, {high[place]:+.4f}]")


main()
