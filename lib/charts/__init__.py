"""Numbers to figures: pure functions, each giving figure, words and table. Knows no page."""
