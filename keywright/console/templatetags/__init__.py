"""What templates ask for beside what their page found."""
