"""The groups of people that give rights; departments are further groups."""

CLERK = "clerk"
SUPERVISOR = "supervisor"
IT = "it"
AUDITOR = "auditor"
GROUPS = (CLERK, SUPERVISOR, IT, AUDITOR)
"""The groups that give rights. Departments are further groups: they only let a person see a bot's cases."""
