"""What a Word document is made of: its styles and lists, its runs of text, its body."""
