"""What all visitors of this process share: the engine with its store, and the drafts."""

from __future__ import annotations

import streamlit as st

from lib.domain import folders
from lib.domain.configuration import BUNDLED_MODEL
from lib.domain.errors import LabError
from lib.engine.engine import Engine
from lib.providers.embedded import model
from lib.results.enough import enough
from lib.store.drafts import Drafts
from lib.store.store import Store


def _close(engine: Engine) -> None:
    engine.close()


@st.cache_resource(on_release=_close, show_spinner="Opening the store …")
def _engine(url: str, home: str) -> Engine:
    del home  # part of the key: another home is another engine
    return Engine(Store.open(url), folders.home(), enough=enough)


def engine() -> Engine:
    """The one engine. If its store can't be opened, the page says so and stops here."""
    try:
        return _engine(folders.store_url(), str(folders.home()))
    except LabError as error:
        st.error("The store can't be opened, so nothing can be run or shown.")
        st.text(str(error))
        st.stop()


def embedded_trouble() -> str | None:
    """Why the embedded model can't be used, or `None` if its file is there and whole."""
    try:
        model.find(folders.home())
    except LabError as error:
        return str(error)
    return None


def embedded_model() -> str:
    """The name of the model that the embedded engine serves, or would if it were there."""
    try:
        return model.find(folders.home()).name
    except LabError:
        return BUNDLED_MODEL


def drafts() -> Drafts:
    """Where drafts are kept."""
    return Drafts(folders.home() / "drafts")
