"""All that serves only models that point at a span of the text instead of writing sentences."""
