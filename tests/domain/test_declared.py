"""What is declared before a run: read, written back, and refused with its place."""

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.domain.declared import Answer, Declared, Stop
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment, identity
from lib.domain.experiment_file import document, parse, parse_toml

HI = """
[[messages]]
role = "user"
content = "Hi"
[sweep]
temperature = [0, 1]
"""


def asked(toml: str) -> Experiment:
    return parse_toml((toml + HI).encode())


def problems(toml: str) -> list[str]:
    with pytest.raises(InputError) as error:
        asked(toml)
    return str(error.value).splitlines()


def test_a_file_declares_margin_answer_and_stop() -> None:
    found = asked(
        "repeats = 80\n[analysis]\nmargin = 0.05\n"
        '[analysis.answer]\nlabels = ["yes", "no"]\n[analysis.stop]\nbatch = 20\n'
    ).declared

    assert found == Declared(
        margin=0.05,
        answer=Answer(labels=("yes", "no")),
        stop=Stop(batch=20, most=80),
    )


def test_without_a_word_the_defaults_hold_and_are_not_written() -> None:
    found = asked("")

    assert found.declared == Declared(margin=0.10, alpha=0.05)
    assert "analysis" not in document(found)


answers = st.one_of(
    st.just(Answer(number=True)),
    st.just(Answer(json_field="a.b")),
    st.just(Answer(pattern="Answer: (.*)")),
    st.just(Answer(labels=("a", "b"))),
)
declarations = st.builds(
    Declared,
    margin=st.floats(0.001, 0.5),
    alpha=st.floats(0.0001, 0.5),
    similar=st.none() | st.floats(0.05, 1.0),
    answer=st.none() | answers,
) | st.builds(
    Declared,
    answer=st.none() | answers,
    stop=st.builds(Stop, batch=st.integers(5, 20), most=st.just(20)),
)


@settings(deadline=None)
@given(declarations)
def test_a_document_gives_back_what_was_declared(declared: Declared) -> None:
    plain = asked("")
    experiment = Experiment(
        messages=plain.messages,
        configurations=plain.configurations,
        repeats=20,
        declared=declared,
    )

    assert parse(document(experiment)).declared == declared


def test_what_is_declared_is_no_part_of_the_identity() -> None:
    plain, declared = asked(""), asked("[analysis]\nmargin = 0.2\n")
    of = partial(identity, local_model_sha256="0", base_urls={})

    assert of(plain) == of(declared)


def test_each_fault_has_its_line() -> None:
    assert problems(
        "repeats = 20\n[analysis]\nmargin = 3.0\nalpha = 0.0\n"
        "[analysis.answer]\nnumber = true\njson_field = 'a'\n[analysis.stop]\nbatch = 30\n"
    ) == [
        "analysis.answer needs exactly one of labels, number, json_field, pattern: "
        "number, json_field.",
        "analysis.stop: batch is 30, but must be between 5 and repeats (20).",
        "analysis.margin is 3, but must be between 0.001 and 0.5.",
        "analysis.alpha is 0, but must be between 0.0001 and 0.5.",
    ]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ('labels = ["yes"]', "analysis.answer: labels needs two or more, none of them empty."),
        ('labels = ["Yes", "yes "]', "analysis.answer: two of the labels are the same."),
        ("number = false", "analysis.answer: number can only be true. Leave it out otherwise."),
        ('json_field = "a..b"', "analysis.answer: json_field has an empty part."),
        ('pattern = "("', "analysis.answer: pattern is not a regular expression: "),
        ('pattern = "(x{100}){200}"', "analysis.answer: pattern repeats a part more than 10,000"),
    ],
)
def test_a_rule_that_can_not_be_applied_is_refused(answer: str, words: str) -> None:
    (found,) = problems(f"[analysis.answer]\n{answer}\n")

    assert found.startswith(words)


def test_an_unknown_key_is_told_with_a_near_one() -> None:
    assert problems("[analysis]\nmargins = 0.1\n") == [
        "analysis.margins is not a known key. Did you mean margin?"
    ]


def test_a_run_with_a_stop_is_looked_at_after_every_batch_and_at_the_end() -> None:
    stop = Stop(batch=10, most=35)

    assert stop.looks() == (10, 20, 30, 35)
    assert [n for n in range(40) if n and stop.allows(n)] == [10, 20, 30, 35]
    assert Stop(batch=10, most=20).looks() == (10, 20)
