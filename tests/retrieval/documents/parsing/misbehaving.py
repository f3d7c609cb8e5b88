"""What a child process imports at its start, so that some of its files are parsed as no parser should."""

MODULE = """
import sys

if any("parsing.worker" in word for word in sys.orig_argv):
    import ctypes
    import dataclasses
    import os
    import time

    from ayllu.retrieval.documents.parsers import Parsed, registry
    from ayllu.retrieval.documents.parsers.progress import report_alive, report_page

    def parse(content):
        word = content.decode().split(",")[0]
        if word == "hang":
            time.sleep(600)
        if word == "eat":
            held = []
            while True:
                held.append(bytearray(b"x" * 10_000_000))
        if word == "crash":
            ctypes.string_at(0)
        if word == "leave":
            os._exit(3)
        if word == "fail":
            raise ValueError("the table has no legs")
        if word == "deep":
            def deeper():
                deeper()
            deeper()
        if word == "pages":
            for page in range(4):
                time.sleep(0.7)
                report_page(page + 1, 4)
        if word == "lines":
            for _ in range(4):
                time.sleep(0.7)
                report_alive()
        return Parsed(f"A good table of the page {word}.", "text/csv")

    csv = registry.FORMATS["text/csv"]
    spoilt = dataclasses.replace(csv, parse=parse)
    registry.FORMATS["text/csv"] = spoilt
    for index in (registry._BY_TYPE, registry._BY_ENDING):
        for key in [key for key, kind in index.items() if kind is csv]:
            index[key] = spoilt
"""
