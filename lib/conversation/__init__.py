"""A conversation as values: its turns, what is sent for each, and what that takes. Pure.

Rule: a model remembers nothing. What it knows of earlier turns is what stands in the messages of
this very call, so everything here begins with that array. Nothing here makes a call.
"""
