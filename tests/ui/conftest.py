"""Pieces of pages in Streamlit's own test harness."""

from __future__ import annotations

from tests.app_test import components_looked_for_once

__all__ = ["components_looked_for_once"]
