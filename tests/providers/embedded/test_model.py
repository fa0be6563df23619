from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from lib.providers.embedded import model as models
from lib.providers.embedded.errors import ModelCorrupt, ModelMissing, ModelTooBig
from lib.providers.embedded.model import BUNDLED, BUNDLED_NAME, Model, find, setup

SETUP = "Run `python -m lib setup`."
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"


def gguf(path: Path, more: bytes = b"\0" * 60) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"GGUF\3\0\0\0" + more)
    return path


def silent(_: str) -> None: ...


def test_the_bundled_model_is_found_with_its_published_hash(home: Path, bundled: Model) -> None:
    found = find(home)
    assert found.name == BUNDLED_NAME == "smollm2-135m-instruct"
    assert found.bundled
    assert found.path == home / "models" / FILE
    assert found.sha256.startswith("b179c952")


def test_no_model_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing) as caught:
        find(tmp_path)
    assert caught.value.says == f"There is no model file at {tmp_path / 'models' / FILE}."
    assert caught.value.fix == SETUP


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty."),
        (b"<html>Sign in to the hotel's network</html>", "is not a GGUF model file."),
        (b"GGUF\3\0\0\0" + b"\0" * 1992, "is cut short: only 2,000 bytes of 98 MB are there."),
    ],
    ids=["empty", "junk", "truncated"],
)
def test_each_wrong_file_has_its_own_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "models" / FILE
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(ModelCorrupt) as caught:
        find(tmp_path)
    assert caught.value.says == f"{path} {says}"
    assert caught.value.fix == SETUP


def test_a_folder_in_the_models_place_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "models" / FILE).mkdir(parents=True)
    with pytest.raises(ModelCorrupt, match="is a folder, not a model file"):
        find(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_refused_and_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    monkeypatch.setenv(models.VARIABLE, str(tmp_path / "pipe.gguf"))
    with pytest.raises(ModelCorrupt, match="is not an ordinary file"):
        find(tmp_path)


def test_an_unreadable_file_is_called_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def barred(*_: object) -> NoReturn:  # a mode of 0 would not bar root, as which CI may run
        raise PermissionError(errno.EACCES, "Permission denied")

    path = gguf(tmp_path / "mine.gguf")
    monkeypatch.setenv(models.VARIABLE, str(path))
    monkeypatch.setattr(Path, "open", barred)
    with pytest.raises(ModelCorrupt) as caught:
        find(tmp_path)
    assert caught.value.says == f"{path} can't be read: Permission denied."


def test_one_wrong_byte_is_found_after_unpacking(bundled: Model, tmp_path: Path) -> None:
    path = tmp_path / "models" / FILE
    path.parent.mkdir()
    shutil.copyfile(bundled.path, path)
    find(tmp_path)
    with path.open("r+b") as file:
        file.seek(50_000_000)
        byte = file.read(1)
        file.seek(50_000_000)
        file.write(bytes([byte[0] ^ 1]))
    with pytest.raises(ModelCorrupt, match="is damaged: its SHA-256 is not that of the published"):
        find(tmp_path)


def test_a_model_beyond_the_machines_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Small:
        total = 50

    monkeypatch.setattr("psutil.virtual_memory", Small)
    monkeypatch.setenv(models.VARIABLE, str(gguf(tmp_path / "big.gguf")))
    with pytest.raises(ModelTooBig) as caught:
        find(tmp_path)
    assert "has 68 bytes, more than the memory of this machine (50 bytes)." in caught.value.says
    assert caught.value.fix.startswith("Choose a smaller model.")


def test_the_variable_names_any_gguf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = gguf(tmp_path / "elsewhere" / "Tiny Model.Q8.GGUF")
    monkeypatch.setenv(models.VARIABLE, str(path))
    found = find(tmp_path)
    assert (found.path, found.name, found.bundled) == (path, "tiny model.q8", False)
    assert list(path.parent.iterdir()) == [path]  # nothing of ours is left in a foreign folder


def test_a_wrong_variable_is_named_in_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(models.VARIABLE, str(tmp_path / "none.gguf"))
    with pytest.raises(ModelMissing) as caught:
        find(tmp_path)
    assert caught.value.fix == "Correct the variable SAMPLING_LAB_MODEL, or unset it."


def test_a_choice_is_remembered_the_variable_goes_first_and_bundled_forgets_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    chosen, other = gguf(tmp_path / "chosen.gguf"), gguf(tmp_path / "other.gguf", b"\1" * 60)
    assert setup(home, model=chosen, progress=silent).name == "chosen"
    assert find(home).path == chosen
    assert setup(home, progress=silent).path == chosen
    monkeypatch.setenv(models.VARIABLE, str(other))
    assert find(home).name == "other"
    said: list[str] = []
    setup(home, model=chosen, progress=said.append)
    assert said[-1] == "But SAMPLING_LAB_MODEL is set, and goes before this choice."
    monkeypatch.delenv(models.VARIABLE)
    assert setup(home, model=BUNDLED, progress=silent).bundled
    assert find(home).bundled


def test_a_file_that_is_no_gguf_is_not_remembered(home: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("buy milk")
    with pytest.raises(ModelCorrupt, match="is not a GGUF model file"):
        setup(home, model=tmp_path / "notes.txt", progress=silent)
    assert find(home).bundled


def test_a_damaged_setting_is_a_sentence(home: Path, tmp_path: Path) -> None:
    setup(home, model=gguf(tmp_path / "chosen.gguf"), progress=silent)
    (home / "model.json").write_text("[")
    with pytest.raises(ModelMissing, match="doesn't say which model to use"):
        find(home)


def test_the_hash_is_read_again_when_the_file_changes_and_always_at_setup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = gguf(tmp_path / "mine.gguf")
    monkeypatch.setenv(models.VARIABLE, str(path))
    first, then = find(tmp_path).sha256, path.stat()
    gguf(path, b"\1" * 60)
    second = find(tmp_path).sha256
    assert second != first
    os.utime(path, ns=(then.st_atime_ns, then.st_mtime_ns))
    find(tmp_path)
    gguf(path, b"\2" * 60)
    os.utime(path, ns=(then.st_atime_ns, then.st_mtime_ns))  # as a change that hides would
    assert find(tmp_path).sha256 == second
    assert setup(tmp_path, progress=silent).sha256 not in (first, second)


def test_setup_of_a_model_that_is_there_needs_no_network(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(home))
    said: list[str] = []
    assert setup(home, progress=said.append) == find(home)
    assert said == ["The model is there: smollm2-135m-instruct."]
