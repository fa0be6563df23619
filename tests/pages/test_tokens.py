"""The Tokens page in each of its states."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib.analysis.branching import Unit
from lib.analysis.next_token import NextToken
from lib.analysis.what_if import what_if
from lib.charts.words import number
from lib.domain.experiment_file import parse
from lib.domain.settings import Settings
from lib.providers.embedded import card as cards
from lib.results.next_token import distribution
from lib.ui import resources
from tests.browser.drafts import asking
from tests.faulty import FaultyServer
from tests.homes import home_with_model
from tests.pages.conftest import Open, button, told

PAGE = "pages/tokens.py"
WAIT_S = 90.0


def opened(open_page: Open, **params: str) -> AppTest:
    """The page, as a link to it opens it."""
    page = open_page()
    for name, value in params.items():
        page.query_params[name] = value
    return page.switch_page(PAGE).run()


def until(page: AppTest, words: str) -> AppTest:
    """Look again until the page says this."""
    ends = time.monotonic() + WAIT_S
    while words not in told(page) and all(words != each.value for each in page.subheader):
        assert time.monotonic() < ends, told(page)
        time.sleep(0.05)
        page.run()
    return page


def test_without_the_embedded_model_the_lab_says_so(open_page: Open) -> None:
    page = opened(open_page)

    assert not page.exception
    assert "The lab needs the embedded model." in told(page)


def asked(document: dict[str, Any]) -> str:
    """A run that has really been carried out."""
    run = resources.engine().start(parse(document), keys={})
    ends = time.monotonic() + WAIT_S
    while (snapshot := resources.engine().snapshot(run)) is not None and snapshot.running:
        assert time.monotonic() < ends
        time.sleep(0.02)
    return run


def components(page: AppTest, name: str) -> list[dict[str, Any]]:
    """What the lab's own components of this name were given."""
    found = [each.proto for each in page.get("bidi_component")]
    return [json.loads(each.json) for each in found if each.component_name == name]


SAYINGS = ("I like red apples", "I like red pears", "I like red apples", "You <b>like</b> plums")


@pytest.fixture
def sayings() -> Iterator[FaultyServer]:
    """An endpoint that says one of these in turn, with log probabilities if asked."""
    with FaultyServer(lambda _, number: SAYINGS[number % len(SAYINGS)]) as server:
        yield server


@pytest.fixture
def continuing() -> Iterator[FaultyServer]:
    """An endpoint that goes on from a prefill where it is told to; always with one token next."""
    said = ("I like red", "I like red apples", "I like red apples pies", "You like plums")

    def answer(request: dict[str, Any], number: int) -> str:
        if request.get("continue_final_message"):
            return " apples cakes"
        return said[number % len(said)]

    with FaultyServer(answer) as server:
        yield server


def seen(open_page: Open, run: str, view: str) -> AppTest:
    page = opened(open_page, run=run)
    page.session_state["tokens.view"] = view
    page.run()
    assert not page.exception
    return page


class TestOneAnswer:
    def test_its_tokens_are_buttons_with_their_probabilities(
        self, open_page: Open, sayings: FaultyServer
    ) -> None:
        open_page()
        run = asked(asking({"name": "a", "url": sayings.url(), "logprobs": 3}, repeats=4))
        page = seen(open_page, run, "One answer")

        (heat,) = components(page, "lab_token_heat")
        assert "".join(token["text"] for token in heat["tokens"]).startswith(("I␣like", "You␣<b>"))
        assert {token["number"] for token in heat["tokens"]} == {"60%"}
        assert "Perplexity 1.67." in told(page)
        assert "What-if can't be known here." in told(page)  # nothing is known of this server

    def test_a_what_if_has_bounds_where_it_is_known_what_the_numbers_are_of(
        self, open_page: Open, sayings: FaultyServer
    ) -> None:
        open_page()
        column = {"name": "a", "url": sayings.url(), "logprobs": 2, "temperature": 0.73, "top_k": 7}
        document = asking(column, repeats=1)
        document["endpoints"]["mine0"]["profile"] = "vllm"  # before sampling
        run = asked(document)
        page = seen(open_page, run, "One answer")

        button(page, "As this configuration has them").click().run()
        assert page.slider(key="tokens.stored.1.temperature").value == 0.73
        assert page.select_slider(key="tokens.stored.1.top_k").value == "7"
        page.select_slider(key="tokens.stored.1.top_k").set_value("off").run()
        assert "Ranges are certain bounds" in told(page)
        page.select_slider(key="tokens.stored.1.top_k").set_value("2").run()
        assert "All of it is exact." in told(page)

    def test_numbers_that_are_no_distribution_give_no_what_if(
        self, open_page: Open, sayings: FaultyServer
    ) -> None:
        open_page()
        document = asking({"name": "a", "url": sayings.url(), "logprobs": 3}, repeats=1)
        document["endpoints"]["mine0"]["profile"] = "vllm"
        page = seen(open_page, asked(document), "One answer")

        assert "The reported probabilities sum to 105%" in told(page)

    def test_an_answer_without_tokens_says_why(
        self, open_page: Open, sayings: FaultyServer
    ) -> None:
        open_page()
        run = asked(asking({"name": "a", "url": sayings.url()}, repeats=1))
        page = seen(open_page, run, "One answer")

        assert "No log probabilities were reported." in told(page)


class TestTree:
    @pytest.mark.parametrize(("logprobs", "unit"), [(2, "By tokens."), (None, "By words, not")])
    def test_answers_part_where_they_differ(
        self, open_page: Open, sayings: FaultyServer, logprobs: int | None, unit: str
    ) -> None:
        open_page()
        column = {"name": "a", "url": sayings.url()} | ({"logprobs": logprobs} if logprobs else {})
        run = asked(asking(column, repeats=4))
        page = seen(open_page, run, "Where answers part")

        (tree,) = components(page, "lab_branching_tree")
        assert [(n["level"], n["text"].strip(), n["count"]) for n in tree["nodes"]][:3] == [
            (0, "(from here on nothing is shared)", "4 of 4"),
            (1, "I like red", "3 of 4"),
            (2, "apples", "2 of 4"),
        ]
        assert unit in told(page)
        assert "4 answers part at once: 2 ways, entropy 0.56 nats" in told(page)

        page.text_input(key="tokens.tree.search").set_value("pears").run()
        (tree,) = components(page, "lab_branching_tree")
        assert [n["text"].strip() for n in tree["nodes"]][1:] == ["I like red", "pears"]
        assert "1 of 4 answers have it." in told(page)

    def test_a_way_leads_to_its_answers(self, open_page: Open, sayings: FaultyServer) -> None:
        open_page()
        run = asked(asking({"name": "a", "url": sayings.url(), "logprobs": 2}, repeats=4))
        page = seen(open_page, run, "Where answers part")

        page.session_state["tokens.tree.opened"] = 1  # as a click on its count does
        page.run()
        page.run()

        assert page.query_params["run"] == run
        picked = page.session_state[f"responses.{run}.picked"]
        assert len(picked.names) == 3
        assert picked.told == "answers that begin with “I␣like␣red”"


def near(page: AppTest, run: str, *words: str) -> AppTest:
    """The branch after these tokens, as its magnifier shows it."""
    steps = tuple(Unit(word.encode().hex(), word) for word in words)
    page.session_state["tokens.tree.trails"] = {(run, 1): [steps]}
    return page.run()


def tree(page: AppTest) -> list[dict[str, Any]]:
    (found,) = components(page, "lab_branching_tree")
    nodes: list[dict[str, Any]] = found["nodes"]
    return nodes


class TestOneBranch:
    def run_of(self, sayings: FaultyServer, profile: str, **more: int) -> str:
        document = asking({"name": "a", "url": sayings.url(), "logprobs": 2} | more, repeats=4)
        document["endpoints"]["mine0"]["profile"] = profile
        return asked(document)

    def test_more_are_sampled_from_it_and_count_there_but_not_in_the_whole_tree(
        self, open_page: Open, continuing: FaultyServer
    ) -> None:
        open_page()
        run = self.run_of(continuing, "vllm", max_tokens=9)
        page = near(seen(open_page, run, "Where answers part"), run, "I", " like", " red")

        assert "After “I␣like␣red”: 3 of 4 answers begin like this (30% to 95%" in told(page)
        assert [(n["text"].strip(), n["count"]) for n in tree(page)] == [
            ("(from here on nothing is shared)", "3 of 3"),
            ("apples", "2 of 3"),
            ("pies", "1 of 3"),
        ]

        button(page, "Sample 20 more from here").click().run()
        page = until_in(page, "20 of 20 further answers from here.")
        assert [(n["text"].strip(), n["count"]) for n in tree(page)] == [
            ("(from here on nothing is shared)", "23 of 23"),
            ("apples", "22 of 23"),
            ("cakes", "20 of 23"),
            ("pies", "1 of 23"),
        ]
        page.toggle(key="tokens.more.counted").set_value(False).run()
        assert tree(page)[0]["count"] == "3 of 3"
        page.toggle(key="tokens.more.counted").set_value(True).run()

        button(page, "Back to the whole tree").click().run()
        assert tree(page)[0]["count"] == "4 of 4"

        page = near(page, run, "I", " like", " red")
        button(page, "Open this run").click().run()
        further = resources.engine().snapshot(page.query_params["run"])
        assert further is not None
        assert further.run != run
        assert {slot.messages[-1].content for slot in further.slots} == {"I like red"}
        assert further.experiment.configurations[0].settings.max_tokens == 6

    def test_answers_that_begin_anew_are_not_counted(
        self, open_page: Open, sayings: FaultyServer
    ) -> None:
        """Nothing was known of this endpoint: it takes the prefill as a turn of its own."""
        open_page()
        run = self.run_of(sayings, "compatible")
        page = near(seen(open_page, run, "Where answers part"), run, "I", " like", " red")

        assert "Whether this model continues a prefill isn't known" in told(page)
        button(page, "Sample 20 more from here").click().run()
        page = until_in(page, "20 of 20 further answers from here.")
        assert "Further answers aren't counted" in told(page)
        assert tree(page)[0]["count"] == "3 of 3"

    def test_where_it_can_not_be_prefilled_the_page_says_why(
        self, open_page: Open, sayings: FaultyServer
    ) -> None:
        open_page()
        run = self.run_of(sayings, "openai")
        page = near(seen(open_page, run, "Where answers part"), run, "I")

        assert button(page, "Sample 20 more").disabled
        assert "Not possible here: mine0 answers a prefill as a turn of its own" in told(page)

    def test_it_leads_to_the_same_place_of_all_configurations(
        self, open_page: Open, sayings: FaultyServer
    ) -> None:
        open_page()
        run = self.run_of(sayings, "compatible")
        page = near(seen(open_page, run, "Where answers part"), run, "I", " like")

        button(page, "Compare what comes next").click().run()
        assert not page.exception
        assert page.selectbox(key=f"tokens.along.{run}.beginning").value == "I like"


class TestAlong:
    def test_of_one_answer_it_says_what_is_missing_and_draws_no_empty_chart(
        self, open_page: Open, sayings: FaultyServer
    ) -> None:
        open_page()
        run = asked(asking({"name": "a", "url": sayings.url(), "logprobs": 2}, repeats=1))
        page = seen(open_page, run, "Along the answers")

        assert "No configuration has two answers" in told(page)
        assert not page.get("plotly_chart")

    def test_lines_of_all_configurations_and_one_place(
        self, open_page: Open, sayings: FaultyServer
    ) -> None:
        open_page()
        columns = [{"name": name, "url": sayings.url(), "logprobs": 2} for name in ("a", "b")]
        run = asked(asking(*columns, repeats=8))
        page = seen(open_page, run, "Along the answers")

        assert "Still together. “a”: " in told(page)
        for what in ("draws", "model"):
            page.session_state["tokens.along.what"] = what
            page.run()
            assert not page.exception
        assert "The model's own entropy, as bounds." in told(page)

        place = page.selectbox(key=f"tokens.along.{run}.beginning")
        option = next(each for each in place.options if each.startswith("I␣like␣red ("))
        place.select(option).run()
        assert not page.exception
        assert "Bars: the share of these answers that goes on like this" in told(page)

    def test_without_log_probabilities_there_are_words(
        self, open_page: Open, sayings: FaultyServer
    ) -> None:
        open_page()
        run = asked(asking({"name": "a", "url": sayings.url()}, repeats=4))
        page = seen(open_page, run, "Along the answers")

        assert "By words, not tokens: “a”." in told(page)
        place = page.selectbox(key=f"tokens.along.{run}.beginning")
        place.select("I␣like␣red (3 answers)").run()
        assert not page.exception
        assert "No test. First words, not tokens" in told(page)


@pytest.mark.parametrize("view", ["One answer", "Where answers part", "Along the answers"])
def test_without_a_run_there_is_a_way_to_one(open_page: Open, view: str) -> None:
    page = opened(open_page)
    page.session_state["tokens.view"] = view
    page.run()

    assert not page.exception
    assert "Nothing has been asked yet." in told(page)


@pytest.fixture(scope="module")
def model_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = home_with_model(tmp_path_factory.mktemp("home"))
    yield made
    card = cards.read(cards.run_folder(made))
    if card and card.stands():
        psutil.Process(card.pid).kill()


@pytest.mark.xdist_group("embedded")
class TestWithTheModel:
    """One engine at a time: it wants all cores."""

    @pytest.fixture(autouse=True)
    def home(self, model_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
        monkeypatch.setenv("SAMPLING_LAB_HOME", str(model_home))
        st.cache_resource.clear()
        yield model_home
        resources.engine().close()
        resources.engine().store.close()
        st.cache_resource.clear()

    @pytest.fixture
    def open_page(self, home: Path) -> Open:
        del home
        return lambda: AppTest.from_file(
            str(Path(PAGE).resolve().parents[1] / "app.py"), default_timeout=60
        ).run()

    def test_a_distribution_its_knobs_and_the_way_on(self, open_page: Open) -> None:
        page = opened(open_page)
        button(page, "Show the next token").click().run()
        page = until(page, "What follows")
        assert not page.exception
        assert "Exact: computed from all 49,152 tokens. Nothing is cut." in told(page)
        assert metric(page, "Tokens left") == "49,152"
        run = page.query_params["lab"]

        page.slider(key="tokens.lab.temperature").set_value(1.5).run()
        whole = distribution_of(run)
        assert metric(page, "Entropy") == entropy_after(whole, temperature=1.5)
        # A token far outside of the 20 likeliest gets another probability: the number moves.
        logs = whole.logs.copy()
        logs[5_000] = logs[0]
        assert entropy_after(replace(whole, logs=np.sort(logs)[::-1]), temperature=1.5) != metric(
            page, "Entropy"
        )
        page.slider(key="tokens.lab.top_p").set_value(0.5).run()
        left = int(metric(page, "Tokens left").replace(",", ""))
        assert 20 < left < 2_000
        page.selectbox(key="tokens.lab.order").set_value("llama_cpp").run()
        assert 1 < int(metric(page, "Tokens left").replace(",", "")) < left
        assert button(page, "Draw 50").disabled  # the model draws in its own order

        choice(page, "Token").set_value(1).run()
        page.slider(key="tokens.lab.temperature").set_value(1.0).run()
        assert choice(page, "Token").value == 1  # a slider takes no choice away
        button(page, "Go on with it").click().run()
        page = until(page, "What follows")
        assert "Added so far: “␣one”" in told(page)
        assert choice(page, "Token").value == 0
        prefill = next(each for each in page.text_area if each.label.startswith("The answer"))
        assert prefill.value == "My favourite fruit is the one"
        assert page.query_params["lab"] != run

        button(page, "Take the last token back").click().run()
        page = until(page, "What follows")
        prefill = next(each for each in page.text_area if each.label.startswith("The answer"))
        assert prefill.value == "My favourite fruit is the"

        again = opened(open_page, lab=run)  # in another browser, by its link
        assert metric(again, "Tokens left") == "49,152"

    def test_real_draws_stand_beside_it(self, open_page: Open) -> None:
        page = opened(open_page)
        button(page, "Show the next token").click().run()
        page = until(page, "What follows")
        page.selectbox(key="tokens.draws.n").set_value(20).run()
        button(page, "Draw 20 with the model").click().run()
        ends = time.monotonic() + WAIT_S
        while not any(each.label.startswith("See these draws") for each in page.button):
            assert time.monotonic() < ends
            time.sleep(0.05)
            page.run()

        assert "drawn" in told(page)
        assert "contradicts the expected distribution" in told(page)

    def test_draws_at_any_place_are_tested_against_all_tokens_there(self, open_page: Open) -> None:
        open_page()
        columns = [
            {"name": f"T {t}", "temperature": t, "max_tokens": 2, "logprobs": 3} for t in (0.5, 1.5)
        ]
        run = asked(
            {
                "name": "Fruit",
                "repeats": 8,
                "messages": [{"role": "user", "content": "Finish my sentence."}],
                "prefill": "My favourite fruit is",
                "configurations": columns,
            }
        )
        page = seen(open_page, run, "Along the answers")
        place = page.selectbox(key=f"tokens.along.{run}.beginning")
        place.select(next(each for each in place.options if each.startswith("␣the ("))).run()
        assert "No test. Expected values are not shown: only" in told(page)

        button(page, "Get the probability of every token here").click().run()
        page = until_in(page, "G test, p =")
        assert not page.exception
        assert "✕ what is expected under these settings." in told(page)


def until_in(page: AppTest, words: str) -> AppTest:
    """Look again until these words are somewhere on the page."""
    ends = time.monotonic() + WAIT_S
    while words not in told(page):
        assert time.monotonic() < ends, told(page)
        time.sleep(0.05)
        page.run()
    return page


def distribution_of(run: str) -> NextToken:
    snapshot = resources.engine().snapshot(run)
    assert snapshot is not None
    found = distribution(snapshot)
    assert found is not None
    return found


def entropy_after(whole: NextToken, *, temperature: float) -> str:
    """As the page writes it."""
    after = what_if(whole, Settings(temperature=temperature)).entropy_after
    return f"{number(after)} nats"


def choice(page: AppTest, label: str) -> Any:
    return next(each for each in page.selectbox if each.label == label)


def metric(page: AppTest, label: str) -> Any:
    return next(each.value for each in page.metric if each.label == label)
