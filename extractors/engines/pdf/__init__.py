"""The contents of a PDF file itself: text layer, form fields, attachments, and how far its text can be trusted."""
