"""Forty places at which the embedded model is asked for its next token: easy, open, odd."""

from __future__ import annotations

from dataclasses import dataclass

_FINISH = "Finish my sentence."


@dataclass(frozen=True, slots=True)
class Prompt:
    """A message, and the beginning of the answer."""

    message: str
    prefill: str = ""

    @property
    def words(self) -> str:
        """As one cell of a table."""
        told = self.prefill if self.message == _FINISH else self.message
        if self.prefill and told != self.prefill:
            told = f"{told} / {self.prefill}"
        return " ".join(told.replace("|", "\\|").replace("<", "&lt;").split())


PROMPTS: tuple[Prompt, ...] = (
    Prompt(_FINISH, "My favourite fruit is the"),
    Prompt(_FINISH, "The most popular pet in the world is the"),
    Prompt(_FINISH, "The capital of France is"),
    Prompt(_FINISH, "Once upon a time there was a"),
    Prompt(_FINISH, "I can't sleep because"),
    Prompt(_FINISH, "The best thing about Monday is"),
    Prompt(_FINISH, "My grandmother always said that"),
    Prompt(_FINISH, "In the year 2050 people will"),
    Prompt(_FINISH, "The colour of the sky is"),
    Prompt(_FINISH, "She opened the door and saw"),
    Prompt(_FINISH, "The number after nine is"),
    Prompt(_FINISH, "A good teacher never"),
    Prompt(_FINISH, "What surprised me most was"),
    Prompt(_FINISH, "The recipe needs flour, butter and"),
    Prompt(_FINISH, "He was born on the"),
    Prompt(_FINISH, "Water boils at"),
    Prompt(_FINISH, "On the table lay a"),
    Prompt(_FINISH, "The doctor told me to"),
    Prompt(_FINISH, "If I were a bird, I would"),
    Prompt(_FINISH, "The meeting was cancelled because of"),
    Prompt("Name a fruit."),
    Prompt("Name a city in Europe."),
    Prompt("Give me a random number from 1 to 10."),
    Prompt("Heads or tails?"),
    Prompt("Tell me a joke."),
    Prompt("Write a poem about rain."),
    Prompt("Answer with one word: is a tomato a fruit?", "Answer:"),
    Prompt("Is this review positive or negative? 'The room was cold.'", "The review is"),
    Prompt("Translate to French: good morning."),
    Prompt("Wie heißt die Hauptstadt von Österreich?"),
    Prompt("¿Cuál es tu color favorito?"),
    Prompt("Reply with one emoji.", "Here it is:"),
    Prompt("Write a Python function that adds two numbers.", "def add("),
    Prompt("Write a HTML page.", "<html><body><"),
    Prompt("Complete the JSON.", '{"name": "'),
    Prompt("Count to ten.", "1, 2, 3,"),
    Prompt("Repeat after me: na na na na", "na na"),
    Prompt("Write in capitals.", "THE"),
    Prompt("Name an animal that begins with z.", "Z"),
    Prompt("Continue the list.", "- apples\n- pears\n-"),
)
