"""Screens that Streamlit has no widget for, drawn in the browser from plain data."""
