"""Prefect flows: names, retries, schedules, fan-out, artifacts. The only package that imports
Prefect.
"""
