"""What a person writes about a sample: kept, changed, taken away, and gone with its run."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.domain.errors import InputError, StoreError
from lib.store import Store
from lib.store.sample_notes import MOST_CHARACTERS
from tests.store.making import answer_all, begin, slots

HOSTILE = "x'; DROP TABLE run; --\0\u202e<b>🍎\n"


def test_a_note_is_kept_changed_and_survives_a_restart(store: Store, path: Path) -> None:
    run = begin(store).run_id
    slot = slots(store, run)[0].id
    assert store.note(slot) == ""

    store.write_note(slot, "odd")
    store.write_note(slot, HOSTILE)
    store.close()
    again = Store.open(path)

    assert again.note(slot) == HOSTILE
    assert again.notes(run) == {slot: HOSTILE}
    again.close()


@pytest.mark.parametrize("nothing", ["", " \n"])
def test_an_empty_note_is_none(store: Store, nothing: str) -> None:
    run = begin(store).run_id
    slot = slots(store, run)[0].id
    store.write_note(slot, "odd")

    store.write_note(slot, nothing)
    store.write_note(slot, nothing)

    assert store.note(slot) == ""
    assert store.notes(run) == {}


def test_notes_are_of_one_run_in_the_order_of_its_plan(store: Store) -> None:
    first, second = begin(store, new=True).run_id, begin(store, new=True).run_id
    one, two, *_ = slots(store, first)
    other = slots(store, second)[0]
    for slot, text in ((two, "b"), (one, "a"), (other, "c")):
        store.write_note(slot.id, text)

    assert list(store.notes(first).items()) == [(one.id, "a"), (two.id, "b")]
    assert store.notes(second) == {other.id: "c"}


def test_a_note_can_be_written_while_a_run_goes_on_and_changes_no_answer(store: Store) -> None:
    held = begin(store)
    slot = slots(store, held.run_id)[0]
    store.write_note(slot.id, "before it is asked")

    answer_all(store, held.run_id)

    assert store.states(held.run_id)[slot.id].accepted
    assert store.note(slot.id) == "before it is asked"


def test_what_can_not_be_kept_is_refused_and_the_note_before_stays(store: Store) -> None:
    run = begin(store).run_id
    slot = slots(store, run)[0].id
    store.write_note(slot, "odd")

    with pytest.raises(InputError, match="The note has 10,001 characters"):
        store.write_note(slot, "x" * (MOST_CHARACTERS + 1))
    with pytest.raises(StoreError, match="refused one entry"):
        store.write_note(slot, "half \ud800")
    with pytest.raises(InputError, match="no planned sample 999"):
        store.write_note(999, "for nobody")

    assert store.notes(run) == {slot: "odd"}


def test_notes_go_with_their_run(store: Store, path: Path) -> None:
    kept, gone = begin(store, new=True), begin(store, new=True)
    for held in (kept, gone):
        store.write_note(slots(store, held.run_id)[0].id, f"kiwi-{held.run_id}")
    gone.release()

    store.delete_run(gone.run_id)

    assert list(store.notes(kept.run_id).values()) == [f"kiwi-{kept.run_id}"]
    with pytest.raises(InputError, match="There is no run"):
        store.notes(gone.run_id)
    left = b"".join(each.read_bytes() for each in path.parent.rglob("*") if each.is_file())
    assert f"kiwi-{gone.run_id}".encode() not in left
