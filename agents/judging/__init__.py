"""What can be known of an answer without a large model: whether the documents answer, and what supports a draft."""
