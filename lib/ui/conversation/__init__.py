"""The Conversation page: turns, what each of them sends, and what all of it takes."""
