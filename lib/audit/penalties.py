"""presence_penalty and frequency_penalty: at 2 answers repeat themselves less than at -2.

How much less depends on the model. A frequency penalty of -2 grows with every repetition, and so
ends in a loop whatever the model is. A presence penalty acts once for each token, and a model that
is sure of its words may not show it: its test can show an effect, but not that there is none.
"""

from __future__ import annotations

from collections.abc import Generator

from lib.analysis.odds_contrast import odds_contrast
from lib.audit.asking import Ask, Came
from lib.audit.finding import EffectTest, Finding, by_test, decided
from lib.audit.known import Known
from lib.audit.trouble import trouble

PROMPT = "Write a long list of different animals, with commas between them."
TOKENS = 48
END = 2.0


def presence_penalty(known: Known) -> Generator[Ask, Came, Finding]:
    """An effect can be shown; its absence can't."""
    return _penalty(known, "presence_penalty", refutes=False)


def frequency_penalty(known: Known) -> Generator[Ask, Came, Finding]:
    """At -2 every answer ends in a loop, at 2 none can."""
    return _penalty(known, "frequency_penalty", refutes=True)


def _penalty(known: Known, setting: str, *, refutes: bool) -> Generator[Ask, Came, Finding]:
    less, more = (
        known.column(f"{setting} = {value:g}", PROMPT, {setting: value}, tokens=TOKENS)
        for value in (END, -END)
    )
    came = yield Ask(columns=(less, more), repeats=known.part(0.5))
    found = trouble(setting, came[less.name], known.pilot)
    if found is None and came[more.name].refused is not None:
        return decided("cannot_tell", f"{END:g} is taken, but {-END:g} is refused: no contrast.")
    found = found or trouble(setting, came[more.name], known.pilot)
    if found is not None:
        return found
    low, high = ([repetition(text) for text in came[each.name].texts] for each in (less, more))
    seen = odds_contrast(high, low, alpha=known.alpha)
    test = EffectTest(
        seen=f"{seen.above} of {seen.n} answers at -2, and {seen.other_above} of {seen.other_n} "
        "at 2, repeat themselves more than the median answer",
        p=seen.p,
        ratio=seen.ratio,
        power=seen.power,
        refutes=refutes,
        evidence={
            "above_median_at_minus_2": seen.above,
            "n_at_minus_2": seen.n,
            "above_median_at_2": seen.other_above,
            "n_at_2": seen.other_n,
        },
    )
    return by_test(setting, test, prompt=PROMPT, values=[-END, END])


def repetition(text: str) -> float:
    """The share of an answer's runs of three characters that were in it before, from 0 to 1.

    Not of its words: a loop may be one of line ends, or of a syllable without a space.
    """
    runs = [text[i : i + 3] for i in range(len(text) - 2)]
    return 1 - len(set(runs)) / len(runs) if runs else 0.0
