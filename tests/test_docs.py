"""The documents say what is so: every setting, command, metric and error has its row."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
import typer.main

from lib.analysis.groups import Group
from lib.analysis.summary import analyse
from lib.analysis.verdict import Verdict
from lib.cli.app import app
from lib.domain.configuration import DIALECTS, KNOWN_ENDPOINTS, Configuration, Endpoint
from lib.domain.errors import ErrorCode
from lib.domain.experiment_file import parse_toml
from lib.domain.settings import SETTING_NAMES
from lib.domain.vocabulary import FINISH_REASONS, OUTCOMES, Sample, Slot
from lib.providers.addresses import VENDORS, Vendor
from lib.providers.capabilities import DEFAULTS, profile, profile_names

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
COMMANDS = typer.main.get_command(app)


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def metrics() -> list[str]:
    slot = Slot(1, Configuration(name="A"), 1, (), 1)
    group = Group(name="A", planned=1, samples=(Sample(slot, "x", "ok", "stop", "stop"),))
    return list(analyse([group]).configurations[0].metrics)


@pytest.mark.parametrize("toml", re.findall(r"```toml\n(.*?)```", text("experiment-file.md"), re.S))
def test_every_experiment_in_the_documents_is_one(toml: str) -> None:
    assert parse_toml(toml.encode()).calls


@pytest.mark.parametrize("name", SETTING_NAMES)
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in text("experiment-file.md")


@pytest.mark.parametrize("name", metrics())
def test_every_metric_is_documented(name: str) -> None:
    assert f"`{name}`" in text("metrics.md")


@pytest.mark.parametrize("name", get_args(Verdict))
def test_every_verdict_is_documented(name: str) -> None:
    assert f"`{name}`" in text("metrics.md")


@pytest.mark.parametrize("name", [*get_args(ErrorCode), *OUTCOMES, *FINISH_REASONS])
def test_every_error_outcome_and_finish_reason_is_documented(name: str) -> None:
    assert f"`{name}`" in text("commands.md")


@pytest.mark.parametrize("name", sorted(COMMANDS.commands))  # type: ignore[attr-defined]
def test_every_command_and_option_is_documented(name: str) -> None:
    command = COMMANDS.commands[name]  # type: ignore[attr-defined]
    options = [o for p in command.params for o in p.opts if o.startswith("--") and o != "--help"]

    assert f"`{name}" in text("commands.md")
    assert [o for o in options if o not in text("commands.md")] == []


@pytest.mark.parametrize("path", [ROOT / "README.md", *DOCS.glob("*.md")], ids=lambda p: p.name)
def test_every_link_inside_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("endpoint", KNOWN_ENDPOINTS, ids=lambda each: each.name)
def test_every_known_endpoint_is_documented(endpoint: Endpoint) -> None:
    assert f"`{endpoint.name}`" in text("endpoints.md")
    assert not endpoint.api_key_env or f"`{endpoint.api_key_env}`" in text("endpoints.md")


@pytest.mark.parametrize("toml", re.findall(r"```toml\n(.*?)```", text("endpoints.md"), re.S))
def test_every_endpoint_in_the_documents_is_one(toml: str) -> None:
    assert parse_toml(f'{toml}\n[[messages]]\nrole = "user"\ncontent = "Hi"'.encode()).calls


OWN = {*DEFAULTS.values(), *(each.profile for each in KNOWN_ENDPOINTS)}


@pytest.mark.parametrize("name", sorted({*profile_names()} - OWN))
def test_every_profile_to_choose_is_documented(name: str) -> None:
    assert f"`{name}`" in text("endpoints.md")


def row_of(setting: str) -> list[str]:
    """The cells beside a setting, one for each dialect."""
    rows = [line for line in text("endpoints.md").splitlines() if line.startswith(f"| `{setting}`")]
    (row,) = rows
    return [cell.strip() for cell in row.strip("|").split("|")][1:]


@pytest.mark.parametrize("setting", [name for name in SETTING_NAMES if name != "extra"])
def test_every_setting_has_its_name_in_every_dialect(setting: str) -> None:
    cells = row_of(setting)

    for cell, name in zip(cells, DIALECTS, strict=True):
        kind = profile(name)
        field = kind.fields.get(setting)
        assert (f"`{field}`" in cell) if field else ("none" in cell)


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS)
def test_every_variable_that_says_an_address_is_documented(vendor: Vendor) -> None:
    assert f"`{vendor.url_variable}`" in text("commands.md")
    assert f"`{vendor.url_variable}`" in text("endpoints.md")


@pytest.mark.parametrize("endpoint", KNOWN_ENDPOINTS, ids=lambda each: each.name)
def test_every_known_endpoint_stands_where_a_file_names_it(endpoint: Endpoint) -> None:
    (line,) = re.findall(
        r'^endpoint = "local" +# .*\n(?: +# .*\n)*', text("experiment-file.md"), re.M
    )[:1]

    assert endpoint.name in line
    assert not endpoint.api_key_env or f"`{endpoint.api_key_env}`" in text("commands.md")
