"""What a PDF file itself holds: its text layer, form fields, attachments, and how far its text can be trusted."""
