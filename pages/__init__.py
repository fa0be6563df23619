"""The pages: one short file each. They arrange pieces of `lib.ui` and hold no logic."""
