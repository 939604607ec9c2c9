"""OGC API – Features: the same rows and columns as the downloads, a page at a time, for GIS programs."""
