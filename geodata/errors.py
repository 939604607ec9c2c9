"""The one family of errors that geodata raises for input it cannot use."""


class GeodataError(ValueError):
    """Input that is no usable date, position or geometry; the message is a sentence to show to an editor."""
