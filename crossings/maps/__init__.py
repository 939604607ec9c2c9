"""Folium maps: the page's map container and, as a file of its own, the script that builds the map.

The only package that imports folium. Folium renders its output a second time as a template, so a text
that reached it would be code that runs on the server: only constants, checked slugs and numbers go in.
Names and features reach the browser as data, from our own addresses.
"""

from .folium_map import MapParts, build

__all__ = ["MapParts", "build"]
