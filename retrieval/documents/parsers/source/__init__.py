"""Source code, kept line by line as it is, cut at its functions and classes; what programs have written is refused."""
