"""prefill: the beginning of an answer is continued, not answered."""

from __future__ import annotations

from collections.abc import Generator

from lib.analysis.predicted_share import predicted_share
from lib.audit.asking import Answers, Ask, Came
from lib.audit.finding import Conclusion, EffectTest, Finding
from lib.audit.known import Known
from lib.audit.renaming import either_name, needs_another_name
from lib.audit.trouble import trouble

PROMPT = "Count from 1 to 20. Write the numbers with commas between them."
BEGINNING = "1, 2, 3, 4, 5, 6, 7,"
NEXT = "8"
TOKENS = 4
FLAGS = {"continue_final_message": True, "add_generation_prompt": False}
"""vLLM continues a last assistant message only if it is told so."""
OWN, WITH_FLAGS = "prefill", "prefill with continue_final_message"


def prefill(known: Known) -> Generator[Ask, Came, Finding]:
    """A list of numbers that breaks off; with vLLM's flags if it isn't continued."""
    tests: dict[str, EffectTest] = {}
    means: dict[str, Conclusion] = {}
    refusal: Finding | None = None
    for name, extra in ((OWN, {}), (WITH_FLAGS, FLAGS)):
        tried = known.column(name, PROMPT, {"extra": extra}, tokens=TOKENS, prefill=BEGINNING)
        without = known.column("no prefill", PROMPT, tokens=TOKENS)
        came = yield Ask(columns=(tried, without), repeats=known.part(0.2))
        found = trouble("messages", came[tried.name], came[without.name])
        if found is None:
            tests[name], means[name] = _test(known, came[tried.name], came[without.name])
        elif name == OWN:
            refusal = found
        if came[tried.name].unsendable:
            break
        if not needs_another_name(tests.get(name)):
            break
    return either_name(
        OWN, WITH_FLAGS, tests, refusal, means, prompt=PROMPT, prefill=BEGINNING, expected=NEXT
    )


def _test(known: Known, tried: Answers, without: Answers) -> tuple[EffectTest, Conclusion]:
    echoed = sum(text.lstrip().startswith(BEGINNING) for text in tried.texts)
    # Answers of many tokens may count from 1 to 8 by themselves, and look as if they repeated it.
    short = known.shortest <= TOKENS
    hits = sum(continues(text, repeated=short) for text in tried.texts)
    baseline = sum(continues(text, repeated=short) for text in without.texts)
    n = len(tried.texts)
    share = predicted_share(hits, n, baseline, len(without.texts), alpha=known.alpha)
    test = EffectTest(
        seen=f"{hits} of {n} answers went on with {NEXT!r} after {BEGINNING!r}; "
        f"without a prefill {baseline} of {len(without.texts)} began so",
        p=share.p,
        ratio=share.ratio,
        power=share.power,
        refutes=short or not echoed,
        evidence={
            "continued": hits,
            "n": n,
            "low": share.low,
            "high": share.high,
            "began_so_without": baseline,
            "n_without": len(without.texts),
            "repeated_the_prefill": echoed,
        },
    )
    repeated = f"{echoed} of {n} answers repeated the prefill first." if echoed else ""
    return test, Conclusion("honoured", repeated)


def continues(text: str, *, repeated: bool = True) -> bool:
    """Whether an answer goes on where the prefill ends.

    Args:
        text: the answer.
        repeated: whether it may repeat the prefill before that.
    """
    answer = text.strip()
    if repeated:
        answer = answer.removeprefix(BEGINNING)
    return answer.lstrip(" ,").startswith(NEXT)
