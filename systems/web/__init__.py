"""Driving a web system: browser, screens, adapters, noticing changed screens, and scaffolding a new adapter."""
