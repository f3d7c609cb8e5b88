"""How an answer is written: prose, quotations, and short spans of the text."""
