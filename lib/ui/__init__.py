"""Streamlit pieces: shell, state, editor, progress, results. The only place that knows a screen.

Rule: text that comes from a model, an endpoint, a file or a user never reaches an element that
reads Markdown or HTML (labels and captions do). It goes through `lib.ui.inert`.
"""
