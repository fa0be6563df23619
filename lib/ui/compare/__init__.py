"""The Compare page: edit, run, watch, compare."""
