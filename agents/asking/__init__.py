"""What a question asks for, and what a follow-up leaves out."""
