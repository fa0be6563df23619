"""The History page: every run that is kept, found, used again, passed on, or deleted."""
