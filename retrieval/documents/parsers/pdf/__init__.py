"""PDF: the words of each page by PDFium, laid out as they are read.

`glyphs` and `drawing` read a page's words and lines, `layout` puts them in order, `grids`, `figures` (its lines in
`entries`, its head in `column_names`) and `tables` find tables,
`furniture` and `labels` what stands at the pages' edges, `headings` the headings, `blocks` makes blocks of it all; `reading`
holds them together.
"""
