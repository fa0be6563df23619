"""The Responses page: every sample of a run, filtered, whole, side by side."""
