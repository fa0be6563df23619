"""The sliders of a what-if: temperature, top_k, top_p, min_p, and the order that they act in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from lib.analysis.what_if import ORDERS, OrderName, Step
from lib.domain.settings import Settings

TOP_K = (1, 2, 3, 5, 10, 20, 40, 100, 300, 1_000, 5_000)
OFF = "off"
ORDER_NAMES: Mapping[OrderName, str] = {
    "embedded": "temperature, top_k, top_p, min_p (the embedded model here; transformers)",
    "vllm": "temperature, min_p, top_k, top_p (vLLM)",
    "llama_cpp": "top_k, top_p, min_p, temperature (llama.cpp's own)",
}


@dataclass(frozen=True, slots=True)
class Knobs:
    """What is set."""

    settings: Settings
    name: OrderName

    @property
    def order(self) -> tuple[Step, ...]:
        """In which the steps act."""
        return ORDERS[self.name]


@dataclass(frozen=True, slots=True)
class _Turned:
    """What a button turned the sliders to."""

    times: int = 0
    """Part of the widgets' keys: a widget's first value must not change under it."""
    settings: Settings = field(default_factory=Settings)


def draw(key: str, *, like: Settings | None = None) -> Knobs:
    """Draw the sliders; returns what they say. They stay while other pages are looked at.

    Args:
        key: of the place where they are: each has its own.
        like: settings of a configuration, which a button turns them to.
    """
    if like is not None:
        st.button(
            "As this configuration has them",
            icon=":material/input:",
            key=f"tokens.{key}.like",
            on_click=_turn,
            args=(key, like),
            help="Turns the sliders to its settings. One that it doesn't set is off here; what the "
            "endpoint then does by itself isn't known.",
        )
    turned: _Turned = st.session_state.get(_key(key), _Turned())
    first = turned.settings
    name = f"tokens.{key}.{turned.times}." if turned.times else f"tokens.{key}."
    grid = st.grid(4, min_column_width=190)
    temperature = grid.slider(
        "temperature",
        0.0,
        2.0,
        1.0 if first.temperature is None else min(2.0, float(first.temperature)),
        0.05,
        key=f"{name}temperature",
        persist_state="session",
        help="Below 1 likely tokens become likelier, above 1 all become more alike; 0 always takes "
        "the likeliest. It divides the logits, which are the logarithms before they sum to 1.",
    )
    top_ks = sorted({*TOP_K, *([first.top_k] if first.top_k is not None else [])})
    top_k = grid.select_slider(
        "top_k",
        [*(str(each) for each in top_ks), OFF],
        OFF if first.top_k is None else str(first.top_k),
        key=f"{name}top_k",
        persist_state="session",
        help="Keeps this many of the likeliest tokens.",
    )
    top_p = grid.slider(
        "top_p",
        0.0,
        1.0,
        1.0 if first.top_p is None else float(first.top_p),
        0.01,
        key=f"{name}top_p",
        persist_state="session",
        help="Keeps the smallest set of tokens whose probabilities reach this sum. 1 is off.",
    )
    min_p = grid.slider(
        "min_p",
        0.0,
        1.0,
        float(first.min_p or 0.0),
        0.01,
        key=f"{name}min_p",
        persist_state="session",
        help="Drops tokens less likely than this share of the likeliest token. 0 is off.",
    )
    order = st.selectbox(
        "Order in which they act",
        list(ORDER_NAMES),
        format_func=lambda name: ORDER_NAMES[name],
        key=f"tokens.{key}.order",
        persist_state="session",
        help="The same numbers mean different things in another order: with temperature last, "
        "top_p cuts the model's own distribution; with temperature first, the scaled one.",
    )
    return Knobs(
        Settings(
            temperature=round(temperature, 2),
            top_k=None if top_k == OFF else int(top_k),
            top_p=None if top_p >= 1 else round(top_p, 2),
            min_p=None if min_p <= 0 else round(min_p, 2),
        ),
        order,
    )


def _key(key: str) -> str:
    return f"tokens.turned.{key}"


def _turn(key: str, like: Settings) -> None:
    before: _Turned = st.session_state.get(_key(key), _Turned())
    st.session_state[_key(key)] = _Turned(before.times + 1, like)
