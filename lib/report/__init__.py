"""A run as one HTML file that stands alone: no network, no script, no text that could act."""
