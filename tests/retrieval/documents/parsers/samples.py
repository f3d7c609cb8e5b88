"""A small whole file of each format, to be damaged by the fuzz test. Add a line for each format."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from .packing import docx, paragraph, word_cells, word_table

_SHIPPED = files("ayllu.retrieval").joinpath("sample")
_NAMES = ("insurance.docx", "solar-dryer.pdf", "repair-cafe.html", "money.md", "deposits.csv", "history.txt")
SAMPLES: Mapping[str, bytes] = {
    **{name: _SHIPPED.joinpath(name).read_bytes() for name in _NAMES},
    "table.docx": docx(
        paragraph("Kilns", '<w:pStyle w:val="1"/>')
        + word_table(word_cells("Kiln", "Degrees"), word_cells("Old", "1200"))
        + '<w:p><w:r><w:footnoteReference w:id="2"/></w:r>'
        "<m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num></m:f></m:oMath></w:p>",
        {
            "styles": '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>',
            "footnotes": f'<w:footnote w:id="2">{paragraph("Fired twice.")}</w:footnote>',
        },
    ),
}
