"""The shell: the same work as the app, without a browser. Heavy imports are late, by command."""
