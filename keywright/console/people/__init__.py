"""The pages on people, departments and confirmations."""
