"""Text Generation Inference, by its own protocol."""
