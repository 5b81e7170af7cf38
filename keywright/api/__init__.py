"""The API for programs: the same rules as the pages, by tokens with scopes, under ``/api/v1/``."""
