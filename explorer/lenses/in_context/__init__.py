"""What a network makes of the examples in its prompt, beside learners whose answers are known."""
