"""Documents: walked, parsed, cut into chunks."""
