"""The people of the office: their accounts, groups, rights, absences and tokens."""
