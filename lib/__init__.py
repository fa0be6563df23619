"""Sampling Lab: what sampling settings do to a model's answers, told honestly."""
