"""Below the finding: answers as they are counted, and what would tell pairs apart."""

from __future__ import annotations

import json

from tests.cli.shell import Shell


def outputs(shell: Shell, **columns: list[str]) -> str:
    found = [{"name": name, "outputs": texts} for name, texts in columns.items()]
    return str(shell.file(json.dumps({"configurations": found}), "outputs.json"))


def test_values_are_tabled_with_their_share_under_each_configuration(shell: Shell) -> None:
    file = outputs(shell, A=["Yes.", "no", "hm", "no"] * 2, B=["no"] * 8)

    said = shell("analyze", file, "--labels", "yes,no").out

    rows = [line.split("  ") for line in said.splitlines()]
    told = {row[0]: [cell.strip() for cell in row[1:] if cell.strip()] for row in rows}
    assert told["value"] == ["A", "B"]
    assert told["no"] == ["4 of 8 (22%–78%)", "8 of 8 (68%–100%)"]
    assert told["(no value)"] == ["2 of 8 (7%–59%)", "0 of 8 (0%–32%)"]


def test_lexical_clusters_are_tabled_and_the_rarest_are_counted(shell: Shell) -> None:
    texts = [f"{word} and {word}" for word in "abcdefghij"]

    said = shell("analyze", outputs(shell, A=texts, B=texts), "--similar", 1).out

    assert "lexical cluster" in said
    assert "And 2 rarer ones." in said
    assert "semantic" not in said.lower()


def test_whole_texts_have_no_table_of_their_own(shell: Shell) -> None:
    said = shell("analyze", outputs(shell, A=["x"] * 6, B=["y"] * 6)).out

    assert "value  " not in said


def test_each_open_pair_says_what_would_tell_the_easiest_first(shell: Shell) -> None:
    columns = {
        name: [f"{n % over}" for n in range(8)] for name, over in (("A", 2), ("B", 3), ("C", 8))
    }

    said = shell("analyze", outputs(shell, **columns), "--margin", 0.2).out

    pairs = [line for line in said.splitlines() if " more calls of each would tell" in line]
    assert len(pairs) == 3
    needed = [int(line.split("would tell (")[1].split(" ")[0]) for line in pairs]
    assert needed == sorted(needed)
