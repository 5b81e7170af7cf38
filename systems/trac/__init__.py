"""A permit desk that runs Trac."""
