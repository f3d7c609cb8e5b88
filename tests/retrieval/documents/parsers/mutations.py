"""Damage done to files, the same for the same seed: cut off, bits turned, pieces doubled, lost and moved, in packages too.

As a program: `python mutations.py NAME COUNT SEED < FILE` parses COUNT damaged copies, each within a bound of time, and
prints a line of JSON: what was raised other than `Unreadable`, the slowest in seconds, and the largest memory in bytes.
"""

from __future__ import annotations

import io
import random
import sys
import zipfile
from collections.abc import Iterator

SECONDS = 30  # a file


def mutated(content: bytes, count: int, seed: int = 0) -> Iterator[bytes]:
    """`count` damaged copies of `content`."""
    dice = random.Random(seed)
    packed = content.startswith(b"PK\x03\x04")
    for _ in range(count):
        yield _repacked(content, dice) if packed and dice.random() < 0.7 else damaged(content, dice)


def damaged(content: bytes, dice: random.Random) -> bytes:
    """`content` after one to four accidents."""
    for _ in range(dice.randint(1, 4)):
        first, last = sorted(dice.randrange(len(content) + 1) for _ in range(2))
        last = min(last, first + 5000)
        piece = content[first:last]
        match dice.randrange(7):
            case 0:
                content = content[: max(first, 1)]
            case 1:
                at = dice.randrange(max(len(content), 1))
                content = (
                    content[:at] + bytes([content[at] ^ 1 << dice.randrange(8)]) + content[at + 1 :] if content else b""
                )
            case 2:
                content = content[:last] + piece * dice.choice((1, 1, 2, 50)) + content[last:]
            case 3:
                content = content[:first] + content[last:]
            case 4:
                at = dice.randrange(len(content) + 1)
                content = content[:at] + piece + content[at:]
            case 5:
                content = content[:first] + dice.randbytes(min(len(piece), 40)) + content[first:]
            case 6:
                content = _other_number(content, dice)
        if not content:
            return b"x"
    return content[:2_000_000]


def _other_number(content: bytes, dice: random.Random) -> bytes:
    """Some digits become another number: sizes, spans, counts and references are written in digits."""
    digits = [at for at in range(len(content)) if content[at : at + 1].isdigit()]
    if not digits:
        return content
    at = dice.choice(digits)
    return content[:at] + dice.choice((b"0", b"-1", b"9", b"99999", b"999999999", b"1e9", b"x")) + content[at + 1 :]


def _repacked(content: bytes, dice: random.Random) -> bytes:
    """A whole package again, with a member damaged, lost, renamed or twice."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    at = dice.randrange(len(members))
    name, data = members[at]
    match dice.randrange(8):
        case 0:
            del members[at]
        case 1:
            members[at] = (dice.choice(("../../" + name, "/" + name, name.upper(), name.replace("/", "\\"), "x")), data)
        case 2:
            members.append((name + "2", data))
            members[at] = (name, dice.choice(members)[1])
        case _:
            members[at] = (name, damaged(data or b"x", dice))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return target.getvalue()


def _main(name: str, count: int, seed: int) -> None:
    import json
    import signal
    import time

    from ayllu.retrieval.documents.parsers import Unreadable, parse
    from ayllu.retrieval.documents.parsing.worker import peak_bytes

    def interrupt(*_: object) -> None:
        raise TimeoutError(f"longer than {SECONDS} s")

    signal.signal(signal.SIGALRM, interrupt)
    raised: list[str] = []
    slowest = 0.0
    for number, content in enumerate(mutated(sys.stdin.buffer.read(), count, seed)):
        start = time.monotonic()
        signal.alarm(SECONDS)
        try:
            parse(name, content)
        except Unreadable:
            pass
        except Exception as error:
            place = error.__traceback__
            while place is not None and place.tb_next is not None:
                place = place.tb_next
            where = f"{place.tb_frame.f_code.co_filename.rpartition('/')[2]}:{place.tb_lineno}" if place else ""
            raised.append(f"number {number}: {type(error).__name__}: {str(error)[:200]} at {where}")
        finally:
            signal.alarm(0)
        slowest = max(slowest, time.monotonic() - start)
    memory = peak_bytes()  # of this process alone: `ru_maxrss` begins at what the process that started it had held
    sys.stdout.write(json.dumps({"raised": raised, "slowest_s": round(slowest, 3), "memory_bytes": memory}) + "\n")


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
