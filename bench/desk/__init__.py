"""The console under load: an office with a million closed cases, and clerks who settle what waits."""
