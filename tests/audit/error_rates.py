"""How often an audit is wrong: whole probes on a model whose behaviour is known.

    python -m tests.audit.error_rates [ROUNDS]

prints, for each stated behaviour, how often each verdict came. `docs/audit.md` quotes it. Every
verdict is judged at the level that it has in a report of all settings in which it is the only one
with an effect: alpha divided by the number of tests, which is the strictest that Holm can be.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lib.audit.finding import EffectTest, Finding, conclusion, judge
from lib.audit.probes import PROBES, tests_of
from tests.audit.driving import finding, opened
from tests.audit.model import Behaviour, Model

NOISE = 0.2


@dataclass(frozen=True, slots=True)
class Case:
    """A setting of an endpoint that does something known with it."""

    setting: str
    does: str
    behaviour: Behaviour
    calls: int = 40


def _ignoring(setting: str) -> Behaviour:
    fields = {setting, "random_seed", "max_completion_tokens", "continue_final_message"}
    return Behaviour(ignores=frozenset(fields))


SIMPLE: Sequence[str] = (
    "temperature",
    "top_p",
    "top_k",
    "seed",
    "stop",
    "max_tokens",
    "logit_bias",
    "prefill",
    "presence_penalty",
    "frequency_penalty",
)
CASES: tuple[Case, ...] = (
    *(Case(setting, "honoured", Behaviour()) for setting in SIMPLE),
    *(
        Case(setting, "honoured in 80% of calls", Behaviour(noise=NOISE))
        for setting in SIMPLE
        if setting not in {"max_tokens", "prefill"}
    ),
    *(
        Case(setting, "ignored", _ignoring(setting))
        for setting in SIMPLE
        if setting != "max_tokens"
    ),
    Case("temperature", "clamped at 1", Behaviour(hottest=1.0)),
    Case("temperature", "clamped at 1, no logprobs", Behaviour(hottest=1.0, logprobs="none")),
    Case("temperature", "honoured, no logprobs", Behaviour(logprobs="none")),
    Case(
        "temperature",
        "clamped at 1, no logprobs, 200 calls",
        Behaviour(hottest=1.0, logprobs="none"),
        calls=200,
    ),
)


def verdicts(case: Case, *, rounds: int, seed: int = 1) -> Counter[str]:
    """How often each verdict is given."""
    model = Model(case.behaviour, seed=seed)
    known = opened(model, calls=case.calls, tests=tests_of(tuple(PROBES)))
    found: Counter[str] = Counter()
    for _ in range(rounds):
        one = finding(model, case.setting, known)
        judged = judge([one, *_companions(known.tests - len(one.tests))])[0]
        found[conclusion(one, judged).verdict] += 1
    return found


def _companions(number: int) -> list[Finding]:
    """Other tests of the report, none with an effect: the adjustment is the strictest."""
    none = EffectTest(seen="", p=1.0, ratio=1.0, power=0.0)
    return [Finding(tests={str(each): none}) for each in range(number)]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    sys.stdout.write("| setting | the endpoint | verdicts |\n|---|---|---|\n")
    for case in CASES:
        found = verdicts(case, rounds=rounds)
        said = ", ".join(f"{name} {count / rounds:.1%}" for name, count in found.most_common())
        sys.stdout.write(f"| {case.setting} | {case.does} | {said} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
