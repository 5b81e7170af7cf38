"""What a person does with a referred case: claim it, correct it, decide it, undo it, close it."""
