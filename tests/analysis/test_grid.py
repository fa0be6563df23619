"""Grids: two settings in every combination, and nothing else."""

from __future__ import annotations

from lib.analysis.grid import grid
from lib.domain.settings import Settings


def at(temperature: float | None, top_p: float | None, **more: int) -> Settings:
    return Settings(temperature=temperature, top_p=top_p, **more)  # type: ignore[arg-type]


def test_every_combination_of_two_settings_is_a_grid_whatever_its_order() -> None:
    found = grid([at(1, 0.5), at(0, 1), at(0, 0.5), at(1, 1)])

    assert found is not None
    assert (found.down, found.across) == ("temperature", "top_p")
    assert (found.down_values, found.across_values) == ((0, 1), (0.5, 1))
    assert found.cells == ((2, 1), (0, 3))


def test_a_setting_left_to_the_provider_is_a_value_too() -> None:
    found = grid([at(None, 0.5), at(None, 1), at(1, 0.5), at(1, 1)])

    assert found is not None
    assert found.down_values == (None, 1)


def test_what_misses_a_corner_or_repeats_one_is_no_grid() -> None:
    assert grid([at(0, 0.5), at(0, 1), at(1, 0.5)]) is None
    assert grid([at(0, 0.5), at(0, 1), at(1, 0.5), at(1, 0.5)]) is None


def test_one_or_three_varied_settings_are_no_grid() -> None:
    assert grid([at(0, 1), at(1, 1)]) is None
    assert grid([at(0, 0.5), at(0, 1), at(1, 0.5), at(1, 1, max_tokens=3)]) is None
