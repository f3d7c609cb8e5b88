"""Manual pages: the requests of roff, and the macro packages `man` and `mdoc`."""
