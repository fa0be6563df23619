"""From a run to what is told of it: its groups, its analysis, its exports. For app and shell."""
