"""Printed and fillable forms, declared by their labels."""
