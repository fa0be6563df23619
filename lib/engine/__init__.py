"""Carries a plan out: pacing, retries, budget, stop, resume."""
