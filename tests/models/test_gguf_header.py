"""What a GGUF file is, by its header: a chat model, or why it is none."""

import shutil
import struct
from pathlib import Path

import gguf
import pytest
from ayllu.models import NotAChatModel, check_chat_model


def write(path: Path, architecture: str = "llama", **values: str) -> Path:
    writer = gguf.GGUFWriter(path, architecture)
    for key, value in values.items():
        writer.add_string(key.replace("__", "."), value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_a_chat_model_says_its_architecture_context_and_template_and_how_long_it_is(tiny_gguf: Path) -> None:
    header = check_chat_model(tiny_gguf)
    assert (header.architecture, header.context, header.kind) == ("llama", 2048, "model")
    assert "add_generation_prompt" in header.chat_template
    assert tiny_gguf.stat().st_size - 32 <= header.data_bytes <= tiny_gguf.stat().st_size


def test_a_download_that_was_cut_off_is_told_by_its_length(tiny_gguf: Path, tmp_path: Path) -> None:
    part = Path(shutil.copy(tiny_gguf, tmp_path / "part.gguf"))
    with part.open("r+b") as file:
        file.truncate(tiny_gguf.stat().st_size - 500)
    with pytest.raises(NotAChatModel, match="is cut off"):
        check_chat_model(part)
    with part.open("r+b") as file:
        file.truncate(700)
    with pytest.raises(NotAChatModel, match="no whole GGUF file"):
        check_chat_model(part)


@pytest.mark.parametrize(
    ("architecture", "values", "reason"),
    [
        ("bert", {}, "`bert` model, which writes no answers"),
        ("llama", {"general__type": "adapter"}, "adapter"),
        ("clip", {"general__type": "mmproj"}, "`clip` model"),
        ("llama", {"tokenizer__ggml__model": "gpt2"}, "no chat template"),
    ],
)
def test_a_file_that_answers_no_questions_says_what_it_is(
    tmp_path: Path, architecture: str, values: dict[str, str], reason: str
) -> None:
    with pytest.raises(NotAChatModel, match=reason) as caught:
        check_chat_model(write(tmp_path / "other.gguf", architecture, **values))
    assert caught.value.hint


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 something else",
        b"GGUF",
        b"GGUF" + struct.pack("<IQQ", 9, 0, 0),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 2**63),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**62) + b"key",
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<IIQ", 9, 8, 2**60),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<IIQ", 9, 10, 2**60),
    ],
)
def test_no_length_of_a_hostile_file_is_believed(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "odd.gguf"
    file.write_bytes(content)
    with pytest.raises(NotAChatModel):
        check_chat_model(file)
