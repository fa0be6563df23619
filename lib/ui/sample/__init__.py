"""One sample shown whole: what was asked, what came back, what was read, what each part means."""
