"""Audits of real servers on this machine: what each does, and what the report says of it.

The model's name and the endpoint's profile are ones of which the data say that all is supported,
but top_k, which they say is not: the audit finds out for itself.
"""

from __future__ import annotations

import asyncio
import json

import pytest

from lib.audit import AuditProgress, How, Stopped, as_json, carry, latest, plan
from lib.audit.probes import SETTINGS
from lib.domain.errors import CallError, KeyRefused
from lib.engine.loading import load
from lib.store.store import Store
from tests.audit.carried import HOME, MODEL, audit, endpoint
from tests.audit.model import Behaviour
from tests.audit.server import ModelServer

EVERYTHING = frozenset(SETTINGS) - {"max_tokens", "determinism"} | {"continue_final_message"}


def verdicts(server: ModelServer, store: Store, *settings: str) -> dict[str, str]:
    report = audit(server, store, settings or None)
    return {name: each.verdict for name, each in report.settings.items()}


def test_an_endpoint_that_honours_everything_is_said_to(store: Store) -> None:
    with ModelServer() as server:
        report = audit(server, store)

    assert {name: each.verdict for name, each in report.settings.items()} == {
        **dict.fromkeys(SETTINGS, "honoured"),
        "determinism": "consistent",  # which nothing can show
    }
    assert report.logprobs_describe == "before_sampling"
    assert report.calls == len(server.bodies)
    assert all(each.calls <= 40 for each in report.settings.values())


def test_one_that_ignores_everything_is_said_to(store: Store) -> None:
    with ModelServer(Behaviour(ignores=EVERYTHING)) as server:
        report = audit(server, store)

    found = {name: each.verdict for name, each in report.settings.items()}
    # The power of this one is 0.9: now and then its calls don't speak clearly enough.
    assert found.pop("frequency_penalty") in {"ignored", "cannot_tell"}
    assert found == {
        **dict.fromkeys(set(SETTINGS) - {"frequency_penalty"}, "ignored"),
        "max_tokens": "honoured",
        "presence_penalty": "cannot_tell",  # a test that can't show that there is no effect
    }
    assert report.logprobs_describe == "none"
    assert report.settings["temperature"].says == (
        "With temperature = 0, 1 of 8 answers were the same; without it 0 of 8. "
        "No effect is 502 times as likely as the predicted one."
    )


@pytest.mark.parametrize("named", [True, False], ids=["names the field", "doesn't say which"])
def test_one_that_refuses_is_said_to_and_each_column_costs_one_call(
    store: Store, named: bool
) -> None:
    fields = frozenset({"top_p", "top_k", "stop", "logit_bias", "n", "logprobs"})
    how = Behaviour(refuses=fields) if named else Behaviour(refuses_silently=fields)
    with ModelServer(how) as server:
        report = audit(server, store, sorted(fields))

    assert {each.verdict for each in report.settings.values()} == {"refused"}
    assert sum("top_k" in body for body in server.bodies) == 1
    assert report.logprobs_describe == "none"


def test_a_temperature_that_is_refused_at_0_and_2_alone_is_refused_and_says_so(
    store: Store,
) -> None:
    with ModelServer(Behaviour(refuses_values={"temperature": (0, 2, 0.5)})) as server:
        report = audit(server, store, ["temperature", "determinism"])

    assert report.settings["temperature"].verdict == "refused"
    assert "temperature = 0.0" in report.settings["temperature"].says
    assert report.settings["determinism"].verdict == "refused"


def test_names_that_are_others_elsewhere_are_found(store: Store) -> None:
    renames = {"seed": "random_seed", "max_tokens": "max_completion_tokens"}
    with ModelServer(Behaviour(renames=renames)) as server:
        report = audit(server, store, ["seed", "max_tokens", "top_p"])

    assert {name: each.verdict for name, each in report.settings.items()} == {
        "seed": "altered",
        "max_tokens": "altered",
        "top_p": "honoured",
    }
    assert report.settings["seed"].says.startswith("It works as random_seed, and not as seed. ")


def test_a_limit_that_is_refused_under_its_own_name_is_found_under_the_newer_one(
    store: Store,
) -> None:
    how = Behaviour(
        refuses=frozenset({"max_tokens"}), renames={"max_tokens": "max_completion_tokens"}
    )
    with ModelServer(how) as server:
        report = audit(server, store, ["max_tokens", "stop"])

    assert report.settings["max_tokens"].verdict == "altered"
    assert report.settings["stop"].verdict == "honoured"
    assert sum("max_tokens" in body for body in server.bodies) <= 5


def test_a_limit_that_is_raised_is_altered(store: Store) -> None:
    with ModelServer(Behaviour(shortest=5)) as server:
        report = audit(server, store, ["max_tokens"])

    assert report.settings["max_tokens"].verdict == "altered"
    assert "A limit of 2 acts like one of 5." in report.settings["max_tokens"].says


def test_a_limit_that_is_refused_if_it_is_small_is_consistent(store: Store) -> None:
    with ModelServer(Behaviour(refuses_values={"max_tokens": (2,)})) as server:
        report = audit(server, store, ["max_tokens"])

    assert report.settings["max_tokens"].verdict == "consistent"
    assert report.settings["max_tokens"].says == (
        "A limit of 2 is refused, one of 16 is taken; 0 of 8 answers were longer than that."
    )


def test_temperatures_above_1_that_act_like_1_are_seen_with_calls_enough(store: Store) -> None:
    with ModelServer(Behaviour(hottest=1.0)) as server:
        report = audit(server, store, ["temperature"], calls=100)

    found = report.settings["temperature"]
    assert (found.verdict, found.calls) == ("altered", 100)
    assert found.says.startswith("Values above 1 act like 1, those below 1 act.")


def test_log_probabilities_after_temperature_are_told_from_those_before_it(store: Store) -> None:
    with ModelServer(Behaviour(logprobs="after")) as server:
        report = audit(server, store, ["temperature", "logprobs"])
        # Where temperature does nothing, equal ratios at all temperatures mean nothing either.
        with ModelServer(Behaviour(ignores=frozenset({"temperature"}))) as deaf:
            other = audit(deaf, store, ["temperature", "logprobs"])

    assert (report.logprobs_describe, other.logprobs_describe) == ("after_sampling", "unknown")


def test_a_stop_that_stays_in_the_answer_is_altered(store: Store) -> None:
    with ModelServer(Behaviour(keeps_stop=True)) as server:
        assert verdicts(server, store, "stop") == {"stop": "altered"}


def test_answers_that_never_vary_say_nothing_and_a_temperature_is_tried(store: Store) -> None:
    how = Behaviour(default_temperature=0.0, ignores=frozenset({"temperature", "top_k", "seed"}))
    with ModelServer(how) as server:
        report = audit(server, store, ["temperature", "top_k", "seed"])
        with ModelServer(Behaviour(default_temperature=0.0)) as cold:
            warmed = audit(cold, store, ["top_k", "seed"])

    assert {each.verdict for each in report.settings.values()} == {"cannot_tell"}
    assert {each.verdict for each in warmed.settings.values()} == {"honoured"}


def test_every_response_is_a_sample_of_a_run_that_can_be_looked_at(store: Store) -> None:
    with ModelServer() as server:
        report = audit(server, store, ["n", "top_p"])

    runs = {run.name: run for run in store.runs()}
    assert set(runs) == {
        "Audit of mine: opening",
        "Audit of mine: n",
        "Audit of mine: top_p",
    }
    assert {run.state for run in runs.values()} == {"finished"}
    assert sum(run.samples for run in store.runs()) == report.calls  # two for the opening
    assert report.settings["n"].runs == (runs["Audit of mine: n"].id,)
    slot = load(store, runs["Audit of mine: n"].id).slots[0]
    (attempt,) = store.attempts(slot.id)
    assert attempt.reply is not None
    assert len(json.loads(attempt.reply.body)["choices"]) == 3
    assert json.loads(attempt.request.body)["n"] == 3
    assert [each.field for each in attempt.request.notes.added] == ["n"]


def test_the_newest_report_is_found_again_as_it_was(store: Store) -> None:
    with ModelServer() as server:
        assert latest(store, endpoint(server), MODEL) is None
        audit(server, store, ["stop"])
        report = audit(server, store, ["top_p"])

        found = latest(store, endpoint(server), MODEL)
        assert latest(store, endpoint(server), "another model") is None

    assert found is not None
    assert as_json(found) == as_json(report)
    assert list(found.settings) == ["top_p"]


def test_progress_goes_up_to_its_end(store: Store) -> None:
    told: list[AuditProgress] = []
    with ModelServer(Behaviour(ignores=frozenset({"seed"}))) as server:
        report = audit(server, store, ["seed"], on_progress=told.append)

    assert [each.done for each in told] == sorted(each.done for each in told)
    assert (told[-1].done, told[-1].total) == (report.calls, report.calls)
    assert report.settings["seed"].calls == 40  # half of them under another name


def test_a_stop_ends_it_and_what_was_answered_is_kept(store: Store) -> None:
    with ModelServer() as server:
        planned = plan(endpoint(server), MODEL, settings=["top_p"])

        async def work() -> None:
            stop = asyncio.Event()
            how = How(
                home=HOME,
                at_once=1,
                stop=stop,
                on_progress=lambda now: stop.set() if now.done == 25 else None,
            )
            await carry(store, planned, how)

        with pytest.raises(Stopped, match="there is no report"):
            asyncio.run(work())
        assert latest(store, endpoint(server), MODEL) is None
    assert sum(run.samples for run in store.runs()) == len(server.bodies)
    assert len(server.bodies) in {25, 26}  # one may have been let go meanwhile


def test_a_refused_key_ends_it_after_the_first_calls(store: Store) -> None:
    with ModelServer(status=401) as server, pytest.raises(KeyRefused):
        audit(server, store)
    assert len(server.bodies) <= 3


def test_an_endpoint_that_refuses_every_call_has_no_report(store: Store) -> None:
    with ModelServer(Behaviour(refuses=frozenset({"messages"}))) as server:
        with pytest.raises(CallError, match="doesn't take messages"):
            audit(server, store)
        assert latest(store, endpoint(server), MODEL) is None
