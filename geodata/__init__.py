"""Pure geography: dates, positions, distances, frontiers and the shipped basemap. No Django, no database.

pyproj is imported here, before any module of this package can import shapely: the two wheels carry different
native libraries, and with shapely alone first the process aborts when it ends.
"""

import pyproj  # noqa: F401  # isort: skip
import shapely  # noqa: F401  # isort: skip
